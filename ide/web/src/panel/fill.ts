import type { PanelFill } from "@/state/panel";
import { useLive } from "@/state/live";
import { toast } from "@/ui/toast";
import type { Draft } from "./draft/model";
import { draftOf } from "./draft/ofRequest";
import { draftFor, methodsOf } from "./draft/operations";
import { pathParams } from "./draft/path";
import { drafts, type RequestTab } from "./draft/store";
import { paramFieldId, PATH_FIELD } from "./request/ids";

/** The tab with what is left to fill in: parameters without a value first, then a body. */
function tabFor(draft: Draft): RequestTab {
  const isMissing = pathParams(draft.path).some((name) => (draft.params[name] ?? "") === "");
  return draft.body.mode === "none" || isMissing ? "params" : "body";
}

function focusFirst(draft: Draft): void {
  const empty = pathParams(draft.path).find((name) => (draft.params[name] ?? "") === "");
  // The field of a parameter is drawn only now.
  requestAnimationFrame(() => document.getElementById(empty === undefined ? PATH_FIELD : paramFieldId(empty))?.focus());
}

/** Puts a draft into the panel, with the focus on what has to be filled in. */
export function fillOperation(draft: Draft, focus: boolean): void {
  drafts.replace(draft, tabFor(draft));
  if (focus) focusFirst(draft);
}

/** Follows a wish from elsewhere in the workspace. */
export function fillPanel(fill: PanelFill, focus: boolean): void {
  if ("request" in fill) {
    fillOperation(draftOf(fill.request), focus);
    return;
  }
  const { route } = fill;
  if (route.kind === "websocket") {
    toast.show("The panel sends HTTP requests", { detail: `${route.path} is a WebSocket: open it from a page of the app, or with a WebSocket client at the app’s address.` });
    return;
  }
  const method = fill.method ?? methodsOf(route)[0] ?? "GET";
  fillOperation(draftFor(method, route.path, useLive.getState().run?.openapi ?? null), focus);
}
