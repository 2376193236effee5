import { create } from "zustand";
import type { Route, SendRequest } from "@/api/types";

/** What the request panel is asked to show: a route to make a request from, or a whole request. */
export type PanelFill = { route: Route; method?: string } | { request: SendRequest };

interface PanelInbox {
  /** The latest wish; `seq` tells two wishes for the same thing apart. */
  wish: { seq: number; fill: PanelFill; focus: boolean } | null;
}

/** How the rest of the workspace talks to the request panel, which follows `wish`. */
export const usePanelInbox = create<PanelInbox>(() => ({ wish: null }));

let seq = 0;

export const panel = {
  /** Fills the panel, and by default moves the focus there. */
  fill(fill: PanelFill, focus = true): void {
    usePanelInbox.setState({ wish: { seq: ++seq, fill, focus } });
  },
};
