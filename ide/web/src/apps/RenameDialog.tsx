import { type RefObject, type SubmitEvent, useId, useState } from "react";
import { explain } from "@/api/problem";
import { useRenameApp } from "@/api/queries";
import type { App } from "@/api/types";
import { Button, Dialog } from "@/ui";
import { NameField } from "./NameField";
import { nameProblem } from "./names";

function refusal(error: Error): string {
  const { title, detail } = explain(error);
  return `${title}. ${detail}`;
}

/** Asks for an app's new name. */
export function RenameDialog({ app, onClose, returnFocus }: { app: App; onClose: () => void; returnFocus: RefObject<HTMLElement | null> }) {
  const [name, setName] = useState(app.name);
  const rename = useRenameApp();
  const form = useId();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (name === app.name) onClose();
    else rename.mutate({ app, name }, { onSuccess: onClose });
  };
  return (
    <Dialog
      open
      onClose={onClose}
      returnFocus={returnFocus}
      title={`Rename ${app.name}`}
      description="Its URL changes with the name; the old one stops working."
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form={form} disabled={name === "" || nameProblem(name) !== null || rename.isPending}>
            Rename
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="pt-1">
        <NameField
          label="New name"
          autoFocus
          value={name}
          refused={rename.error === null ? undefined : refusal(rename.error)}
          onChange={(value) => {
            setName(value);
            rename.reset();
          }}
        />
      </form>
    </Dialog>
  );
}
