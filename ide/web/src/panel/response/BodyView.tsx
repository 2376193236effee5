import { Copy, Download, Search, WrapText } from "lucide-react";
import { type ReactNode, useState } from "react";
import { copyText } from "@/lib/clipboard";
import { bytes } from "@/lib/format";
import { recall, remember } from "@/lib/storage";
import { type Answer, isOver, mediaType, missingBytes } from "@/panel/exchange/answer";
import type { JsonScan } from "@/panel/json/scan";
import { useJson } from "@/panel/json/useJson";
import { IconButton, Skeleton } from "@/ui";
import { download } from "./download";
import { JsonView } from "./JsonView";
import { focusSearch, type SearchState } from "./SearchBox";
import { fileName, type View, viewOf } from "./media";
import { BinaryView, HtmlView, ImageView, NoBody } from "./OtherViews";
import { TextView } from "./TextView";
import { Toggle } from "./Toggle";

const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";

/** What the two faces of a body are called, where it has two. */
const FACES: Partial<Record<View, readonly [string, string]>> = { json: ["Pretty", "Raw"], html: ["Rendered", "Source"] };

interface Settings {
  wrap: boolean;
  search: SearchState;
}

function Lines({ answer, label, ...settings }: Settings & { answer: Answer; label: string }) {
  return <TextView key={answer.key} label={label} lines={answer.body.lines()} size={answer.received} live={!isOver(answer)} {...settings} />;
}

function ParsedJson({ answer, scan, ...settings }: Settings & { answer: Answer; scan: JsonScan | null }) {
  if (scan === null) return <Skeleton className="m-3 h-24" />;
  if (scan.ok) return <JsonView key={answer.key} table={scan.table} text={answer.body.text()} {...settings} />;
  return (
    <div className="flex h-full min-h-0 flex-col">
      <p className="shrink-0 border-b border-line bg-starting-bg px-3 py-1.5 text-starting">
        This is not valid JSON: {scan.error.message} (line {scan.error.line}, column {scan.error.column}).
      </p>
      <div className="min-h-0 flex-1">
        <Lines answer={answer} label="Body as text" {...settings} />
      </div>
    </div>
  );
}

function JsonBody({ answer, ...settings }: Settings & { answer: Answer }) {
  return <ParsedJson answer={answer} scan={useJson(answer.body.text())} {...settings} />;
}

function content(answer: Answer, view: View, isSecond: boolean, settings: Settings): ReactNode {
  switch (view) {
    case "empty":
      return isOver(answer) ? <NoBody answer={answer} /> : null;
    case "image":
      return <ImageView key={answer.key} answer={answer} />;
    case "binary":
      return <BinaryView answer={answer} />;
    case "json":
      // A half of a JSON text is shown as it arrives, and as a tree once it is whole.
      return isSecond || !isOver(answer) ? <Lines answer={answer} label="Body as text" {...settings} /> : <JsonBody answer={answer} {...settings} />;
    case "html":
      return isSecond || !isOver(answer) ? <Lines answer={answer} label="Source of the page" {...settings} /> : <HtmlView answer={answer} />;
    case "stream":
    case "text":
      return <Lines answer={answer} label="Body" {...settings} />;
  }
}

function Truncated({ answer }: { answer: Answer }) {
  const missing = missingBytes(answer);
  if (missing === 0 || answer.request.method === "HEAD") return null;
  const whole = bytes(answer.received + missing);
  return (
    <p className="shrink-0 border-b border-line bg-starting-bg px-3 py-1.5 text-starting">
      {answer.received === 0
        ? `The history has no copy of this body of ${whole}. Send it again to see it.`
        : answer.fromHistory
          ? `The first ${bytes(answer.received)} of ${whole}: the history keeps the beginning. Send it again to see all of it.`
          : `The first ${bytes(answer.received)} of ${whole}; the panel keeps no more of one answer.`}
    </p>
  );
}

function Toolbar({ answer, view, isSecond, onSecond, wrap, onWrap, isSearching, onSearch }: { answer: Answer; view: View; isSecond: boolean; onSecond: (second: boolean) => void; wrap: boolean; onWrap: () => void; isSearching: boolean; onSearch: () => void }) {
  const faces = FACES[view];
  const isText = view !== "image" && view !== "binary" && !(view === "html" && !isSecond);
  return (
    <div className="flex h-8 shrink-0 items-center gap-0.5 border-b border-line pr-1.5 pl-3">
      <span className="min-w-0 flex-1 truncate font-mono text-small text-faint">{mediaType(answer) || "no content type"}</span>
      {faces !== undefined && isOver(answer) && <Toggle label="How the body is shown" labels={faces} second={isSecond} onChange={onSecond} />}
      {isText && <IconButton icon={Search} label="Search in the answer" aria-pressed={isSearching} onClick={onSearch} className={isSearching ? "bg-active" : ""} />}
      {isText && <IconButton icon={WrapText} label="Wrap long lines" aria-pressed={wrap} onClick={onWrap} className={wrap ? "bg-active" : ""} />}
      {view !== "image" && view !== "binary" && <IconButton icon={Copy} label="Copy the body" onClick={() => void copyText(answer.body.text(), "Body")} />}
      <IconButton icon={Download} label="Download the body" onClick={() => download(answer.body.bytes(), fileName(answer), mediaType(answer))} />
    </div>
  );
}

/** The body of an answer, in the way that suits what it is. */
export function BodyView({ answer }: { answer: Answer }) {
  const [isSecond, setSecond] = useState(false);
  const [wrap, setWrap] = useState(() => recall("wrap-body", isBoolean, true));
  // What is searched for is kept from answer to answer.
  const [words, setWords] = useState<string | null>(null);
  const view = viewOf(answer);
  const changeWrap = (): void => {
    remember("wrap-body", !wrap);
    setWrap(!wrap);
  };
  const toggleSearch = (): void => {
    setWords(words === null ? "" : null);
    if (words === null) focusSearch();
  };
  return (
    <div className="flex h-full min-h-0 flex-col">
      {view !== "empty" && (
        <Toolbar answer={answer} view={view} isSecond={isSecond} onSecond={setSecond} wrap={wrap} onWrap={changeWrap} isSearching={words !== null} onSearch={toggleSearch} />
      )}
      <Truncated answer={answer} />
      <div className="min-h-0 flex-1 overflow-hidden">{content(answer, view, isSecond, { wrap, search: { words, onWords: setWords } })}</div>
    </div>
  );
}
