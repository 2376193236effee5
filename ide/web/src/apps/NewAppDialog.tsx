import { useState } from "react";
import { Dialog } from "@/ui";
import { NameField } from "./NameField";
import { nameProblem } from "./names";
import { Templates } from "./Templates";

/** Chooses a name, or leaves it to Podium, and a start. */
export function NewAppDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  return (
    <Dialog
      open
      onClose={onClose}
      title="New app"
      description="Pick a start. It opens running, with its first request ready to send."
      size="wide"
    >
      <div className="max-w-80 pt-1">
        <NameField label="Name" placeholder="Chosen by Podium" value={name} onChange={setName} />
      </div>
      <Templates name={name} disabled={nameProblem(name) !== null} />
    </Dialog>
  );
}
