import { Copy, Ellipsis, PencilLine, Trash2 } from "lucide-react";
import { Suspense, useRef, useState } from "react";
import type { App } from "@/api/types";
import { useCreateApp, useDeleteApp, useRestoreApp } from "@/api/queries";
import { lazyPart } from "@/lib/parts";
import { announce } from "@/state/announce";
import { IconButton, Menu, toast } from "@/ui";
import { focusRow, rowOf } from "./rows";

const RenameDialog = lazyPart(() => import("./RenameDialog").then((module) => module.RenameDialog));

const UNDO_MS = 10_000;

/** What can be done with an app from the list: rename, clone, delete with ten seconds to undo it. */
export function AppActions({ app }: { app: App }) {
  const [isRenaming, setRenaming] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const create = useCreateApp();
  const remove = useDeleteApp();
  const restore = useRestoreApp();

  const clone = (): void =>
    create.mutate(
      { copy_of: app.id },
      {
        onSuccess: (copy) => {
          toast.show(`${app.name} was cloned as ${copy.name}`);
          announce(`Cloned as ${copy.name}.`);
        },
      },
    );
  const undo = (): void => restore.mutate(app, { onSuccess: () => announce(`${app.name} is back.`) });
  // Not a callback of `mutate`: those are dropped with the row, which is gone before the server has answered.
  const deleteApp = (): void => {
    const row = rowOf(button.current);
    // After the row, and the button that the closing menu gives the focus to, have gone.
    setTimeout(() => focusRow(row), 50);
    void remove.mutateAsync(app).then(
      () => {
        toast.show(`${app.name} was deleted`, { durationMs: UNDO_MS, action: { label: "Undo", onClick: undo } });
        announce(`${app.name} was deleted. It can be restored for ten seconds.`);
      },
      () => undefined,
    );
  };

  return (
    <span className="relative z-10">
      <Menu
        align="end"
        trigger={<IconButton ref={button} icon={Ellipsis} label={`Actions for ${app.name}`} />}
        groups={[
          [
            { label: "Rename…", icon: PencilLine, onSelect: () => setRenaming(true) },
            { label: "Clone", icon: Copy, onSelect: clone },
          ],
          [{ label: "Delete", icon: Trash2, danger: true, onSelect: deleteApp }],
        ]}
      />
      <Suspense>{isRenaming && <RenameDialog app={app} onClose={() => setRenaming(false)} returnFocus={button} />}</Suspense>
    </span>
  );
}
