import { useEffect, useRef, useState } from "react";
import { LateActions } from "@/app/Arriving";
import { whenIdle } from "@/lib/idle";
import { arrival, useIsLate } from "@/lib/parts";
import type { EditorSession } from "./files/session";
import { useFiles } from "./files/store";
import { NOTHING } from "./plain/handover";
import { PlainEditor, type PlainHandle } from "./plain/PlainEditor";
import { Strip } from "./strips/Strip";

type CodeEditor = Awaited<ReturnType<typeof importMonaco>>;

const importMonaco = () => import("./monaco/mount");

const PATIENCE_MS = 1_000;

let arriving: Promise<CodeEditor> | undefined;

/** Monaco, which is most of what the workspace loads. Starting it stops the page for a while. */
export function fetchCodeEditor(): Promise<CodeEditor> {
  return (arriving ??= arrival(importMonaco));
}

/** Resolves when the session has read the files, or failed to. */
function textIsThere(): Promise<void> {
  return new Promise((resolve) => {
    const isThere = (): boolean => useFiles.getState().status !== "loading";
    if (isThere()) {
      resolve();
      return;
    }
    const stop = useFiles.subscribe(() => {
      if (!isThere()) return;
      stop();
      resolve();
    });
  });
}

/** The text comes first, to be read and typed in; unless Monaco came along while another page was open. */
async function codeEditor(): Promise<CodeEditor> {
  if (arriving === undefined) {
    await textIsThere();
    await whenIdle(PATIENCE_MS);
  }
  return fetchCodeEditor();
}

/** What stands over the plain editor when the code editor does not come. */
function LateStrip() {
  if (!useIsLate()) return null;
  return (
    <Strip tone="waiting" title="The code editor has not arrived yet." actions={<LateActions />}>
      Podium did not send it. It is asked for again by itself; what you type is stored.
    </Strip>
  );
}

/** The active file's text: in a plain field until the code editor is there, then in that, as long as the app is open. */
export function Surface({ session }: { session: EditorSession }) {
  const host = useRef<HTMLDivElement>(null);
  const plain = useRef<PlainHandle>(null);
  const [isReady, setReady] = useState(false);
  useEffect(() => {
    let unmount: (() => void) | undefined;
    let isGone = false;
    const change = async (): Promise<void> => {
      const { mountEditor } = await codeEditor();
      const left = (await plain.current?.leave()) ?? NOTHING;
      if (isGone || host.current === null) return;
      unmount = mountEditor(host.current, session, left);
      setReady(true);
    };
    change().catch((error: unknown) =>
      setReady(() => {
        // Thrown here it reaches the boundary, which says so in the editor's place.
        throw error;
      }),
    );
    return () => {
      isGone = true;
      unmount?.();
      setReady(false);
    };
  }, [session]);
  return (
    <>
      <div ref={host} className="monaco-component absolute inset-0" />
      {!isReady && (
        <div className="absolute inset-0 flex flex-col bg-bg">
          <LateStrip />
          <div className="relative min-h-0 flex-1">
            <PlainEditor ref={plain} session={session} />
          </div>
        </div>
      )}
    </>
  );
}
