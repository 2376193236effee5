import { copyText } from "@/lib/clipboard";
import { useLive } from "@/state/live";
import { useWorkspace, workspace } from "@/state/workspace";
import { curlCommand } from "./draft/curl";
import { readFile } from "./draft/files";
import { drafts, type RequestTab, useDraft } from "./draft/store";
import { DraftError, requestOf } from "./draft/request";
import { isOver } from "./exchange/answer";
import { cancel, replay, send as sendRequest, useExchange } from "./exchange/store";
import { paramFieldId } from "./request/ids";

const TABS: Readonly<Record<DraftError["place"], RequestTab | null>> = { path: null, params: "params", body: "body" };

function complain(error: unknown): void {
  if (!(error instanceof DraftError)) throw error;
  drafts.complain(error.message, TABS[error.place], error.param);
  const { param } = error;
  if (param !== null) requestAnimationFrame(() => document.getElementById(paramFieldId(param))?.focus());
}

/** Sends what is in the panel, opening it where it is closed; starts the app first where it does not run. */
export async function send(app: string): Promise<void> {
  if (!useWorkspace.getState().panel) workspace.set({ panel: true });
  workspace.set({ narrowTab: "request" });
  try {
    const request = await requestOf(useDraft.getState().draft, readFile);
    await sendRequest(app, request);
  } catch (error) {
    complain(error);
  }
}

export const isSending = (): boolean => {
  const { pending, shown } = useExchange.getState();
  return pending !== null || (shown !== null && !isOver(shown));
};

/** Sends the request whose answer is shown once more, whatever the panel was changed to since. */
export async function sendAgain(app: string): Promise<void> {
  const { shown } = useExchange.getState();
  if (shown !== null) await replay(app, shown);
}

/** The app's own address, without a slash at its end. */
const address = (): string => (useLive.getState().run?.url ?? "").replace(/\/+$/, "");

export async function copyCurl(): Promise<void> {
  const { draft } = useDraft.getState();
  try {
    // The command names files instead of carrying them, so nothing of them is read here.
    const request = await requestOf(draft, () => Promise.resolve(new Uint8Array()));
    await copyText(curlCommand(address(), request, draft), "curl command");
  } catch (error) {
    complain(error);
  }
}

/** Opens what a GET asks for as a page of its own. */
export async function openInTab(): Promise<void> {
  try {
    const request = await requestOf({ ...useDraft.getState().draft, method: "GET" }, () => Promise.resolve(new Uint8Array()));
    window.open(address() + request.path, "_blank", "noopener");
  } catch (error) {
    complain(error);
  }
}

export { cancel };
