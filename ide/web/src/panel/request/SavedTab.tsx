import { Ellipsis } from "lucide-react";
import { type SubmitEvent, useState } from "react";
import { drafts, type Saved, useDraft } from "@/panel/draft/store";
import { Button, IconButton, Input, Menu, toast } from "@/ui";
import { MethodLabel } from "./MethodLabel";

function remove(saved: Saved): void {
  const restore = drafts.remove(saved.id);
  toast.show(`${saved.name} removed`, { durationMs: 10_000, action: { label: "Undo", onClick: restore } });
}

function NameForm({ initial, label, submit, onSubmit, onCancel }: { initial: string; label: string; submit: string; onSubmit: (name: string) => void; onCancel?: () => void }) {
  const [name, setName] = useState(initial);
  const send = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (name.trim() === "") return;
    onSubmit(name.trim());
    setName("");
  };
  return (
    <form onSubmit={send} className="flex w-full items-center gap-1.5">
      <Input
        aria-label={label}
        placeholder="Name this request"
        value={name}
        maxLength={80}
        autoFocus={onCancel !== undefined}
        onChange={(event) => setName(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") onCancel?.();
        }}
        className="min-w-0 flex-1"
      />
      <Button type="submit" disabled={name.trim() === ""}>
        {submit}
      </Button>
    </form>
  );
}

function SavedRow({ saved }: { saved: Saved }) {
  const [isRenaming, setRenaming] = useState(false);
  if (isRenaming) {
    return (
      <li className="px-3 py-0.5">
        <NameForm
          initial={saved.name}
          label="New name"
          submit="Rename"
          onCancel={() => setRenaming(false)}
          onSubmit={(name) => {
            drafts.rename(saved.id, name);
            setRenaming(false);
          }}
        />
      </li>
    );
  }
  return (
    <li className="flex items-center pr-2 hover:bg-hover">
      <button type="button" onClick={() => drafts.replace(structuredClone(saved.draft))} className="flex h-7 min-w-0 flex-1 items-center gap-2 pl-3 text-left" title={saved.draft.path}>
        <MethodLabel method={saved.draft.method} />
        <span className="truncate">{saved.name}</span>
        <span className="min-w-0 flex-1 truncate font-mono text-small text-faint">{saved.draft.path}</span>
      </button>
      <Menu
        align="end"
        trigger={<IconButton icon={Ellipsis} label={`Actions for ${saved.name}`} className="size-6" />}
        groups={[
          [
            { label: "Rename", onSelect: () => setRenaming(true) },
            { label: "Replace with the request above", onSelect: () => drafts.update(saved.id) },
          ],
          [{ label: "Remove", danger: true, onSelect: () => remove(saved) }],
        ]}
      />
    </li>
  );
}

/** Requests that were given a name. They are kept in this browser, and say so. */
export function SavedTab() {
  const saved = useDraft((state) => state.saved);
  return (
    <div className="flex flex-col gap-2 py-3">
      <div className="px-3">
        <NameForm initial="" label="Name for the request above" submit="Save" onSubmit={(name) => drafts.save(name)} />
      </div>
      {saved.length > 0 && (
        <ul>
          {saved.map((one) => (
            <SavedRow key={one.id} saved={one} />
          ))}
        </ul>
      )}
      <p className="px-3 text-small text-faint">Saved requests are kept in this browser. Every request that was sent is in the history for seven days.</p>
    </div>
  );
}
