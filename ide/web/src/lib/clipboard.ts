import { announce } from "@/state/announce";
import { toast } from "@/ui/toast";

/** Puts text on the clipboard and says so; `what` names it in the sentence. */
export async function copyText(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast.show(`${what} copied`, { durationMs: 1_500 });
    announce(`${what} copied.`);
  } catch {
    toast.show("The browser did not allow copying", { detail: "Select the text and copy it with the keyboard." });
  }
}
