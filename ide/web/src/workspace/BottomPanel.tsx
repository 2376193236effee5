import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import { ErrorBoundary } from "@/app/ErrorBoundary";
import { ProblemsPane } from "@/editor/ProblemsPane";
import { ConsolePane } from "@/output/ConsolePane";
import { LogsPane } from "@/output/LogsPane";
import { RequestsPane } from "@/output/RequestsPane";
import { useEditor } from "@/state/editor";
import { useWorkspace, workspace } from "@/state/workspace";
import { IconButton, Tabs } from "@/ui";

const guarded = (part: string, content: ReactNode) => <ErrorBoundary part={part}>{content}</ErrorBoundary>;

/** Problems, logs, console and requests. */
export function BottomPanel({ app }: { app: string }) {
  const tab = useWorkspace((state) => state.bottomTab);
  const diagnostics = useEditor((state) => state.diagnostics);
  return (
    <Tabs
      label="Output"
      className="h-full"
      value={tab}
      onChange={workspace.showBottom}
      actions={
        <IconButton
          icon={ChevronDown}
          label="Close the output"
          keys="Mod+J"
          className="max-[799px]:hidden"
          onClick={() => workspace.set({ bottom: false })}
        />
      }
      items={[
        {
          value: "problems",
          label: "Problems",
          count: diagnostics.length,
          alarming: diagnostics.some((diagnostic) => diagnostic.severity === "error"),
          content: guarded("list of problems", <ProblemsPane app={app} />),
        },
        { value: "logs", label: "Logs", content: guarded("log view", <LogsPane app={app} />) },
        { value: "console", label: "Console", content: guarded("console", <ConsolePane app={app} />) },
        { value: "requests", label: "Requests", content: guarded("history", <RequestsPane app={app} />) },
      ]}
    />
  );
}
