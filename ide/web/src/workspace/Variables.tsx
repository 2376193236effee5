import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { ApiProblem } from "@/api/problem";
import { variablesQuery, saveVariables, type Variables } from "@/api/variables";
import { Button, IconButton, Input, SidebarSection } from "@/ui";

type Row = readonly [name: string, value: string];

const EMPTY: Row = ["", ""];

const rowsOf = (variables: Variables): Row[] => Object.entries(variables).sort(([one], [other]) => one.localeCompare(other));

/** The variables of rows that have a name; the last one of a name counts. */
const variablesOf = (rows: readonly Row[]): Variables =>
  Object.fromEntries(rows.map(([name, value]): Row => [name.trim(), value]).filter(([name]) => name !== ""));

function Fields({ rows, onChange }: { rows: readonly Row[]; onChange: (rows: Row[]) => void }) {
  const replaced = (index: number, row: Row): Row[] => rows.map((known, at) => (at === index ? row : known));
  return rows.map(([name, value], index) => (
    // Rows have no identity but their place.
    <div key={index} className="flex items-center gap-1">
      <Input aria-label={`Name of variable ${index + 1}`} placeholder="NAME" value={name} title={name} className="w-0 flex-1 font-mono text-small" onChange={(event) => onChange(replaced(index, [event.target.value, value]))} />
      <Input aria-label={`Value of variable ${index + 1}`} placeholder="value" value={value} title={value} className="w-0 flex-1 font-mono text-small" onChange={(event) => onChange(replaced(index, [name, event.target.value]))} />
      <IconButton icon={X} label={`Remove variable ${index + 1}`} onClick={() => onChange(rows.filter((_, at) => at !== index))} className="size-6" />
    </div>
  ));
}

function Form({ app, stored }: { app: string; stored: Variables }) {
  const client = useQueryClient();
  const [rows, setRows] = useState<Row[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const shown = rows ?? rowsOf(stored);
  const save = async (): Promise<void> => {
    try {
      client.setQueryData(variablesQuery(app).queryKey, await saveVariables(app, variablesOf(shown)));
      setRows(null);
      setProblem(null);
    } catch (error) {
      setProblem(error instanceof ApiProblem ? error.message : "Podium did not answer. Try again.");
    }
  };
  return (
    <form
      className="flex flex-col gap-1 pr-1.5 pl-4"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      {shown.length === 0 && (
        <p className="py-1 text-small text-muted">
          What the app reads with <code className="text-text">os.environ</code>
        </p>
      )}
      <Fields rows={shown} onChange={setRows} />
      {problem !== null && (
        <p role="alert" className="py-1 text-small text-failed">
          {problem}
        </p>
      )}
      {rows !== null && (
        <div className="flex gap-1.5 py-1">
          <Button type="submit">Save variables</Button>
          <Button onClick={() => setRows(null)}>Discard</Button>
        </div>
      )}
      <Button className="self-start" onClick={() => setRows([...shown, EMPTY])}>
        <Plus size={14} aria-hidden /> Add a variable
      </Button>
    </form>
  );
}

/** The app's environment variables; a kernel that runs is restarted to see a change, which a strip over the editor offers. */
export function EnvironmentVariables({ app }: { app: string }) {
  const { data } = useQuery(variablesQuery(app));
  return (
    <SidebarSection title="Environment variables" closed>
      {data !== undefined && <Form app={app} stored={data} />}
    </SidebarSection>
  );
}
