import { lazy, Suspense, useState } from "react";
import { useWorkspace, workspace } from "@/state/workspace";
import { Tips } from "@/ui/Tips";
import { useToasts } from "@/ui/toast";
import { Announcer } from "./Announcer";

const Palette = lazy(() => import("@/palette/Palette").then((module) => ({ default: module.Palette })));
const KeysDialog = lazy(() => import("@/palette/KeysDialog").then((module) => ({ default: module.KeysDialog })));
const Toaster = lazy(() => import("@/ui/Toaster").then((module) => ({ default: module.Toaster })));

/** True from the first toast on. */
function useNeedsToaster(): boolean {
  const isWaiting = useToasts((state) => state.waiting.length > 0);
  const [needed, setNeeded] = useState(false);
  if (isWaiting && !needed) setNeeded(true);
  return needed;
}

/** What stands over every page: palette, keys, toasts, and the voice for screen readers. */
export function Overlays() {
  const { palette, keysOpen } = useWorkspace();
  const needsToaster = useNeedsToaster();
  return (
    <>
      <Suspense>
        {palette !== null && <Palette mode={palette} onClose={() => workspace.set({ palette: null })} />}
        {keysOpen && <KeysDialog onClose={() => workspace.set({ keysOpen: false })} />}
      </Suspense>
      <Suspense>{needsToaster && <Toaster />}</Suspense>
      <Tips />
      <Announcer />
    </>
  );
}
