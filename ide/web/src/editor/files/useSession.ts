import { useEffect, useState } from "react";
import { EditorSession } from "./session";

interface Holder {
  session: EditorSession;
  users: number;
  started: boolean;
}

let current: Holder | null = null;

function holderFor(app: string): Holder {
  if (current?.session.app !== app) current = { session: new EditorSession(app), users: 0, started: false };
  return current;
}

function start(holder: Holder): void {
  if (holder.started) return;
  holder.started = true;
  holder.session.start();
}

/** Begins to read an app's files ahead of the parts of the screen that will show them. */
export function beginSession(app: string): void {
  start(holderFor(app));
}

function hold(holder: Holder): () => void {
  holder.users += 1;
  start(holder);
  return () => {
    holder.users -= 1;
    // Parts of the screen come and go together; the session ends only when nobody took it up again.
    setTimeout(() => {
      if (holder.users > 0 || !holder.started) return;
      holder.started = false;
      holder.session.stop();
      if (current === holder) current = null;
    });
  };
}

/** The session of an app, shared by every part of the screen that shows the app. */
export function useSession(app: string): EditorSession {
  const [holder] = useState(() => holderFor(app));
  useEffect(() => hold(holder), [holder]);
  return holder.session;
}
