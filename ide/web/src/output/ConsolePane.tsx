import { useQuery } from "@tanstack/react-query";
import { RotateCw, Square, Trash2 } from "lucide-react";
import { type MouseEvent, useEffect, useMemo } from "react";
import { filesQuery } from "@/api/queries";
import { runCommand } from "@/state/commands";
import { useLive } from "@/state/live";
import { runApp } from "@/state/run";
import { Button, EmptyState, IconButton, StatusDot } from "@/ui";
import { CellView } from "./console/CellView";
import { InputPrompt, PromptView } from "./console/PromptView";
import { isUnderWay } from "./console/reducer";
import { closeConsole, consoleActions, openConsole, useConsole } from "./console/store";
import { stickToEnd } from "./stickToEnd";

function KernelStatus() {
  const connection = useConsole((state) => state.connection);
  const isBusy = useConsole((state) => state.cells.some(isUnderWay));
  if (connection === "reconnecting") return <StatusDot status="disconnected" word="Reconnecting… your code goes on running" />;
  if (connection === "connecting") return <StatusDot status="starting" word="Connecting to the kernel" />;
  if (connection === "closed") return <StatusDot status="stopped" word="No kernel" />;
  return isBusy ? <StatusDot status="starting" word="Busy" /> : <StatusDot status="running" word="Ready" />;
}

function Toolbar() {
  const isOpen = useConsole((state) => state.connection === "open");
  const isEmpty = useConsole((state) => state.cells.length === 0);
  return (
    <div className="flex h-8 shrink-0 items-center pr-2 pl-3">
      <KernelStatus />
      <span className="ml-auto flex">
        <IconButton icon={Square} label="Interrupt what runs" disabled={!isOpen} onClick={() => runCommand("run.interrupt")} />
        <IconButton icon={RotateCw} label="Restart the kernel" disabled={!isOpen} onClick={() => runCommand("run.restart")} />
        <IconButton icon={Trash2} label="Clear the console" disabled={isEmpty} onClick={() => consoleActions.clear()} />
      </span>
    </div>
  );
}

function NoKernel({ app }: { app: string }) {
  const ended = useConsole((state) => state.ended);
  return (
    <EmptyState title="The console works in the kernel of the running app" action={<Button onClick={() => void runApp(app)}>Run the app</Button>}>
      {ended === null || ended === "" ? "Run it to look at its variables and call its functions." : ended}
    </EmptyState>
  );
}

/** What stands in the place of the prompt below the outputs of a kernel that has ended. */
function NoPrompt({ app }: { app: string }) {
  const isStarting = useLive((state) => state.run?.state === "starting");
  if (isStarting) return <p className="px-3 py-1.5 text-muted">The app is starting…</p>;
  return (
    <div className="flex items-center gap-3 px-3 py-1.5 text-muted">
      The app does not run any more.
      <Button onClick={() => void runApp(app)}>Run the app</Button>
    </div>
  );
}

/** A console in the app's own kernel. */
export function ConsolePane({ app }: { app: string }) {
  const session = useLive((state) => state.run?.session ?? null);
  const isConsoleOf = useConsole((state) => state.app === app);
  const cells = useConsole((state) => state.cells);
  const input = useConsole((state) => state.input);
  const isOpen = useConsole((state) => state.connection === "open");
  const { data: files } = useQuery(filesQuery(app));
  const paths = useMemo(() => (files ?? []).map((file) => file.path), [files]);
  useEffect(() => {
    if (session !== null) openConsole(app, session);
    else if (useLive.getState().run !== null) closeConsole();
  }, [app, session]);
  const hasCells = isConsoleOf && cells.length > 0;
  if (session === null && !hasCells) return <NoKernel app={app} />;
  const focusPrompt = ({ target, currentTarget }: MouseEvent): void => {
    // A click into the empty space is meant for the prompt, one that selects text is not.
    if (target === currentTarget && (getSelection()?.isCollapsed ?? true)) currentTarget.querySelector("textarea")?.focus();
  };
  return (
    <div className="flex h-full min-h-0 flex-col">
      <Toolbar />
      <div ref={stickToEnd} onClick={focusPrompt} className="min-h-0 flex-1 overflow-y-auto pb-1">
        {hasCells && (
          <ol aria-label="Code and its outputs">
            {cells.map((cell) => (
              <CellView key={cell.id} cell={cell} files={paths} />
            ))}
          </ol>
        )}
        {input !== null ? (
          <InputPrompt key={input.header.msg_id} request={input} />
        ) : session === null ? (
          <NoPrompt app={app} />
        ) : (
          <PromptView isOpen={isOpen} />
        )}
      </div>
    </div>
  );
}
