import { create } from "zustand";
import type { Route, SendRequest } from "@/api/types";
import { useLive } from "./live";
import { useWorkspace } from "./workspace";

/** What the request panel is asked to show: a route to make a request from, or a whole request. */
export type PanelFill = { route: Route; method?: string } | { request: SendRequest };

interface PanelInbox {
  /** The latest wish, and the app it is for; `seq` tells two wishes for the same thing apart. */
  wish: { seq: number; app: string | null; fill: PanelFill; focus: boolean } | null;
}

/** How the rest of the workspace talks to the request panel, which follows `wish`. */
export const usePanelInbox = create<PanelInbox>(() => ({ wish: null }));

let seq = 0;

export const panel = {
  /** Fills the panel of the open app (or of `app`, which is about to open), shows it, and moves the focus there. */
  fill(fill: PanelFill, { focus = true, app = useLive.getState().app } = {}): void {
    useWorkspace.setState(focus ? { panel: true, narrowTab: "request" } : { panel: true });
    usePanelInbox.setState({ wish: { seq: ++seq, app, fill, focus } });
  },
};
