import { Plus, X } from "lucide-react";
import { makePart, type PartRow } from "@/panel/draft/model";
import { Button, IconButton, Input, Select } from "@/ui";
import { FileField } from "./FileField";

const KINDS = [
  { value: "text", label: "Text" },
  { value: "file", label: "File" },
] as const;

/** The fields of a multipart form. */
export function PartsEditor({ parts, onChange }: { parts: readonly PartRow[]; onChange: (parts: PartRow[]) => void }) {
  const change = (id: string, part: Partial<PartRow>): void => onChange(parts.map((row) => (row.id === id ? { ...row, ...part } : row)));
  return (
    <div className="p-3">
      <ul className="flex flex-col gap-1">
        {parts.map((part, index) => (
          <li key={part.id} className="flex items-center gap-1">
            <input
              type="checkbox"
              aria-label={`Send field ${part.name || index + 1}`}
              checked={part.enabled}
              onChange={(event) => change(part.id, { enabled: event.target.checked })}
              className="mx-1 size-3.5 shrink-0 accent-accent-solid"
            />
            <Input
              aria-label={`Name of field ${index + 1}`}
              placeholder="Name"
              value={part.name}
              onChange={(event) => change(part.id, { name: event.target.value })}
              className="min-w-0 flex-[2] font-mono text-small"
            />
            <Select
              label={`Kind of field ${part.name || index + 1}`}
              value={part.isFile ? "file" : "text"}
              options={KINDS}
              onChange={(kind) => change(part.id, { isFile: kind === "file" })}
              className="w-16"
            />
            <span className="flex min-w-0 flex-[3]">
              {part.isFile ? (
                <FileField label={`File of field ${part.name || index + 1}`} file={part.file} onChange={(file) => change(part.id, { file })} />
              ) : (
                <Input
                  aria-label={`Value of field ${part.name || index + 1}`}
                  placeholder="Value"
                  value={part.value}
                  onChange={(event) => change(part.id, { value: event.target.value })}
                  className="w-full font-mono text-small"
                />
              )}
            </span>
            <IconButton icon={X} label={`Remove field ${part.name || index + 1}`} onClick={() => onChange(parts.filter((row) => row.id !== part.id))} />
          </li>
        ))}
      </ul>
      <div className="mt-1 -ml-1 flex">
        <Button variant="ghost" onClick={() => onChange([...parts, makePart()])}>
          <Plus size={14} aria-hidden />
          Add a field
        </Button>
        <Button variant="ghost" onClick={() => onChange([...parts, makePart("", "", true)])}>
          <Plus size={14} aria-hidden />
          Add a file
        </Button>
      </div>
    </div>
  );
}
