import { useLocation } from "wouter";
import { useCreateApp } from "@/api/queries";
import type { SendRequest, Template } from "@/api/types";
import { prefetchWorkspace } from "@/app/pages";
import { panel } from "@/state/panel";
import { runApp } from "@/state/run";
import { useWorkspace } from "@/state/workspace";

const FIRST_REQUEST: SendRequest = { method: "GET", path: "/", headers: [], body: null, body_base64: null, target: "dev" };

/** Creates an app from a template, or with an empty file; runs it at once, fills its first request in, and opens it. */
export function useStartApp(): { start: (template: Template | null, name: string) => void; isPending: boolean } {
  const create = useCreateApp();
  const [, navigate] = useLocation();
  const start = (template: Template | null, name: string): void => {
    prefetchWorkspace();
    create.mutate(
      { name: name === "" ? null : name, template: template?.id ?? null },
      {
        onSuccess: (app) => {
          void runApp(app.name);
          panel.fill({ request: template?.first_request ?? FIRST_REQUEST }, { focus: false, app: app.name });
          useWorkspace.setState({ narrowTab: "code" });
          navigate(`/apps/${app.name}`);
        },
      },
    );
  };
  return { start, isPending: create.isPending };
}
