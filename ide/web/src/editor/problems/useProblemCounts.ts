import { useEditor } from "@/state/editor";
import type { Diagnostic } from "@/api/types";
import { countByFile } from "./collect";

let counted: { of: readonly Diagnostic[]; counts: ReturnType<typeof countByFile> } | null = null;

/** Counts once for all rows and tabs that ask. */
function counts(diagnostics: readonly Diagnostic[]): ReturnType<typeof countByFile> {
  if (counted?.of !== diagnostics) counted = { of: diagnostics, counts: countByFile(diagnostics) };
  return counted.counts;
}

/** Errors and warnings of each file that has any. */
export function useProblemCounts(): ReturnType<typeof countByFile> {
  return counts(useEditor((state) => state.diagnostics));
}
