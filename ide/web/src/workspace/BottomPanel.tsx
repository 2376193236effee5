import { ProblemsPane } from "@/editor/ProblemsPane";
import { ConsolePane } from "@/output/ConsolePane";
import { LogsPane } from "@/output/LogsPane";
import { RequestsPane } from "@/output/RequestsPane";
import { useEditor } from "@/state/editor";
import { useWorkspace, workspace } from "@/state/workspace";
import { Tabs } from "@/ui";

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
      items={[
        {
          value: "problems",
          label: "Problems",
          count: diagnostics.length,
          alarming: diagnostics.some((diagnostic) => diagnostic.severity === "error"),
          content: <ProblemsPane app={app} />,
        },
        { value: "logs", label: "Logs", content: <LogsPane app={app} /> },
        { value: "console", label: "Console", content: <ConsolePane app={app} /> },
        { value: "requests", label: "Requests", content: <RequestsPane app={app} /> },
      ]}
    />
  );
}
