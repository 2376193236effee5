import type { EditorSession } from "@/editor/files/session";
import { useFiles } from "@/editor/files/store";
import { Button } from "@/ui";
import { Strip } from "./Strip";

/** Two texts of one file: the person chooses, and can look at both first. */
export function ConflictStrip({ session, path, wasDeleted }: { session: EditorSession; path: string; wasDeleted: boolean }) {
  const isComparing = useFiles((state) => state.comparing === path);
  const keepMine = (): void => void session.drafts.keepMine(path);
  const useTheirs = (): void => session.drafts.useTheirs(path);
  if (wasDeleted) {
    return (
      <Strip
        tone="waiting"
        title="This file was deleted in another tab."
        actions={
          <>
            <Button onClick={useTheirs}>Delete it here too</Button>
            <Button onClick={keepMine}>Keep mine</Button>
          </>
        }
      >
        It still has edits here that are not stored.
      </Strip>
    );
  }
  return (
    <Strip
      tone="waiting"
      title="This file was changed in another tab."
      actions={
        <>
          <Button aria-pressed={isComparing} onClick={() => useFiles.setState({ comparing: isComparing ? null : path })}>
            {isComparing ? "Stop comparing" : "Compare"}
          </Button>
          <Button onClick={useTheirs}>Use theirs</Button>
          <Button onClick={keepMine}>Keep mine</Button>
        </>
      }
    >
      {isComparing ? "Lines with − are theirs, lines with + are yours and can be edited." : "Your edits are kept here until you choose."}
    </Strip>
  );
}
