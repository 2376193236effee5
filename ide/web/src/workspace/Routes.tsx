import { Code } from "lucide-react";
import type { RunState } from "@/api/types";
import { editor } from "@/state/editor";
import { useLive } from "@/state/live";
import { panel } from "@/state/panel";
import { IconButton, SidebarSection } from "@/ui";
import { type RouteRow, routeRows } from "./routeRows";

const SHORT: Readonly<Record<string, string>> = { DELETE: "DEL", OPTIONS: "OPT", PATCH: "PATCH" };

function Row({ method, route }: Omit<RouteRow, "key">) {
  const { file, line, handler } = route;
  const name = handler?.split(".").at(-1);
  return (
    <li className="group flex items-center pr-1.5 hover:bg-hover">
      <button
        type="button"
        title={`${method} ${route.path}${name === undefined ? "" : ` · ${name}`}`}
        onClick={() => panel.fill(method === "ANY" || method === "WS" ? { route } : { route, method })}
        className="flex h-7 min-w-0 flex-1 items-center gap-2 pl-4 text-left"
      >
        <span className="w-10 shrink-0 font-mono text-small text-faint">{SHORT[method] ?? method}</span>
        <span className="truncate font-mono text-small">{route.path}</span>
      </button>
      {file != null && line != null && (
        <IconButton
          icon={Code}
          label={name === undefined ? "Go to its function" : `Go to ${name}`}
          onClick={() => editor.open({ path: file, line })}
          className="size-6 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100"
        />
      )}
    </li>
  );
}

const EMPTY: Record<RunState, string> = {
  starting: "The app’s routes appear here once it runs.",
  running: "The running app has no routes that Podium can list.",
  failed: "The app’s routes appear here once it runs.",
  stopped: "Run the app to see its routes here.",
};

/** The running app's routes; a click fills the request panel. */
export function Routes() {
  const run = useLive((state) => state.run);
  const rows = routeRows(run?.routes ?? []);
  return (
    <SidebarSection title="Routes">
      {rows.length > 0 ? (
        <ul>
          {rows.map(({ key, ...row }) => (
            <Row key={key} {...row} />
          ))}
        </ul>
      ) : (
        run !== null && (
          <p className="px-4 py-1 text-small text-faint">{EMPTY[run.state]}</p>
        )
      )}
    </SidebarSection>
  );
}
