import { useState } from "react";
import type { Failure, Frame } from "@/api/types";
import { cx } from "@/lib/cx";
import { count } from "@/lib/format";
import { editor } from "@/state/editor";

/** A run of frames of the same kind: the app's own, or a library's. */
interface Group {
  isUser: boolean;
  frames: Frame[];
}

/** Neighbours of the same kind together. Libraries' frames between the app's own are shown as one line at first. */
export function groupFrames(frames: readonly Frame[]): Group[] {
  const groups: Group[] = [];
  for (const frame of frames) {
    const last = groups.at(-1);
    if (last?.isUser === frame.user) last.frames.push(frame);
    else groups.push({ isUser: frame.user, frames: [frame] });
  }
  return groups;
}

function FrameRow({ frame }: { frame: Frame }) {
  const place = (
    <>
      <span className={cx("shrink-0", frame.user && "text-accent group-hover:underline")}>
        {frame.path}:{frame.line}
      </span>
      <span className="truncate text-faint">in {frame.function}</span>
    </>
  );
  return (
    <li className="font-mono text-small">
      {frame.user ? (
        <button type="button" className="group flex w-full items-baseline gap-2 px-3 py-0.5 text-left hover:bg-hover" onClick={() => editor.openFrame(frame.path, frame.line)}>
          {place}
        </button>
      ) : (
        <div className="flex items-baseline gap-2 px-3 py-0.5 text-faint">{place}</div>
      )}
      {frame.source !== null && frame.source !== "" && (
        <pre className={cx("overflow-x-auto pr-3 pb-0.5 pl-6 text-small", frame.user ? "text-text" : "text-faint")}>{frame.source.trim()}</pre>
      )}
    </li>
  );
}

function LibraryFrames({ frames }: { frames: readonly Frame[] }) {
  const [isOpen, setOpen] = useState(frames.length === 1);
  if (isOpen) return frames.map((frame, index) => <FrameRow key={index} frame={frame} />);
  return (
    <li>
      <button type="button" onClick={() => setOpen(true)} className="w-full px-3 py-0.5 text-left text-small text-faint hover:bg-hover hover:text-text">
        {count(frames.length, "frame")} of libraries…
      </button>
    </li>
  );
}

/** The frames of a traceback, from the outermost call to the place of the error; the app's own lead to their line. */
export function Frames({ frames }: { frames: readonly Frame[] }) {
  return (
    <ol className="flex flex-col">
      {groupFrames(frames).map((group, index) =>
        group.isUser ? group.frames.map((frame, position) => <FrameRow key={`${index}.${position}`} frame={frame} />) : <LibraryFrames key={index} frames={group.frames} />,
      )}
    </ol>
  );
}

/** What went wrong, where, and what to do now. */
export function FailureReport({ failure }: { failure: Failure }) {
  return (
    <div className="flex flex-col gap-2 py-3">
      <div className="px-3">
        <p className="font-mono text-code break-words whitespace-pre-wrap text-failed">{titleOf(failure)}</p>
        {failure.hint !== null && <p className="mt-1 text-muted">{failure.hint}</p>}
      </div>
      {failure.frames.length > 0 && <Frames frames={failure.frames} />}
    </div>
  );
}

/** `ValueError: the message`, unless the message begins with the name already. */
export function titleOf(failure: Failure): string {
  const name = failure.exception?.split(".").at(-1);
  if (name === undefined || failure.message.startsWith(name)) return failure.message;
  return failure.message === "" ? name : `${name}: ${failure.message}`;
}

/** The line of the app's own code that is nearest to the error. */
export const nearestFrame = (failure: Failure): Frame | undefined => failure.frames.findLast((frame) => frame.user);
