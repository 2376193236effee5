import { useId } from "react";
import { Input } from "@/ui";
import { nameProblem, suggestName } from "./names";

interface NameFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** What the server said against the last name. */
  refused?: string | undefined;
  placeholder?: string;
  autoFocus?: boolean;
}

/** An app's name, checked while it is typed. */
export function NameField({ label, value, onChange, refused, placeholder, autoFocus }: NameFieldProps) {
  const id = useId();
  const problem = nameProblem(value) ?? refused;
  return (
    <div>
      <label htmlFor={id} className="mb-1 block font-medium">
        {label}
      </label>
      <Input
        id={id}
        value={value}
        placeholder={placeholder}
        autoFocus={autoFocus}
        maxLength={60}
        aria-invalid={problem !== undefined}
        aria-describedby={`${id}-problem`}
        onChange={(event) => onChange(suggestName(event.target.value))}
        className="h-8 w-full"
      />
      <p id={`${id}-problem`} role="alert" className="min-h-5 pt-1 text-small text-failed">
        {problem}
      </p>
    </div>
  );
}
