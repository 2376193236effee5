import { Suspense, useState } from "react";
import { lazyPart } from "@/lib/parts";
import { useWorkspace, workspace } from "@/state/workspace";
import { Tips } from "@/ui/Tips";
import { useToasts } from "@/ui/toast";
import { Announcer } from "./Announcer";

const Palette = lazyPart(() => import("@/palette/Palette").then((module) => module.Palette));
const KeysDialog = lazyPart(() => import("@/palette/KeysDialog").then((module) => module.KeysDialog));
const Toaster = lazyPart(() => import("@/ui/Toaster").then((module) => module.Toaster));

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
