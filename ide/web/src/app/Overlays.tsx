import { lazy, Suspense } from "react";
import { useWorkspace, workspace } from "@/state/workspace";
import { Toaster } from "@/ui/Toaster";
import { Announcer } from "./Announcer";

const Palette = lazy(() => import("@/palette/Palette").then((module) => ({ default: module.Palette })));
const KeysDialog = lazy(() => import("@/palette/KeysDialog").then((module) => ({ default: module.KeysDialog })));

/** What stands over every page: palette, keys, toasts, and the voice for screen readers. */
export function Overlays() {
  const { palette, keysOpen } = useWorkspace();
  return (
    <>
      <Suspense>
        {palette !== null && <Palette mode={palette} onClose={() => workspace.set({ palette: null })} />}
        {keysOpen && <KeysDialog onClose={() => workspace.set({ keysOpen: false })} />}
      </Suspense>
      <Toaster />
      <Announcer />
    </>
  );
}
