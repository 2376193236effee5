import { useMemo } from "react";
import { cx } from "@/lib/cx";
import { fromBase64 } from "@/panel/base64";
import { useImageBytes } from "@/panel/response/download";
import { editor } from "@/state/editor";
import { tokenColor, useTheme } from "@/state/theme";
import { Ansi } from "@/output/Ansi";
import { overwrite } from "@/output/ansi";
import { choose, estimateHeight } from "./mime";
import type { MimeBundle, Output } from "./reducer";
import { placesIn, tidy } from "./traceback";

const TEXT = "max-h-100 overflow-auto font-mono text-code [font-variant-ligatures:none] [overflow-wrap:anywhere] whitespace-pre-wrap";

function TerminalText({ text, className }: { text: string; className?: string }) {
  const shown = text.split("\n").map(overwrite).join("\n").replace(/\n$/, "");
  return (
    <pre className={cx(TEXT, className)} tabIndex={text.length > 2_000 ? 0 : undefined}>
      <Ansi text={shown} />
    </pre>
  );
}

/** HTML in a frame without any rights, in the colours of the theme. */
function HtmlOutput({ html }: { html: string }) {
  const theme = useTheme((state) => state.theme);
  const page = useMemo(() => {
    const [text, line] = [tokenColor("--text"), tokenColor("--border")];
    return `<!doctype html><meta charset="utf-8"><style>:root{color-scheme:${theme}}body{margin:4px 0;font:13px/20px system-ui,sans-serif;color:${text};background:transparent}table{border-collapse:collapse}th,td{padding:2px 10px;border-bottom:1px solid ${line};text-align:right;font-weight:400}th{font-weight:600}</style>${html}`;
  }, [html, theme]);
  const height = useMemo(() => estimateHeight(html), [html]);
  return <iframe title="HTML output" sandbox="" referrerPolicy="no-referrer" srcDoc={page} style={{ height, colorScheme: theme }} className="block w-full resize-y border-0" />;
}

function ImageOutput({ type, data, isBase64, alt }: { type: string; data: string; isBase64: boolean; alt: string }) {
  const bytes = useMemo(() => (isBase64 ? fromBase64(data.replace(/\s/g, "")) : new TextEncoder().encode(data)), [data, isBase64]);
  const image = useImageBytes(bytes, type);
  // Charts are drawn for white paper, and their letters are black.
  return <img ref={image} alt={alt} className="max-h-120 max-w-full self-start rounded-[4px] bg-[#fff]" />;
}

function DisplayOutput({ data }: { data: MimeBundle }) {
  const shown = useMemo(() => choose(data), [data]);
  switch (shown.kind) {
    case "html":
      return <HtmlOutput html={shown.html} />;
    case "image":
      return <ImageOutput {...shown} />;
    case "text":
      return <TerminalText text={shown.text} />;
  }
}

function ErrorOutput({ output, files }: { output: Extract<Output, { type: "error" }>; files: readonly string[] }) {
  const places = placesIn(output.traceback, files);
  const text = output.traceback.length > 0 ? tidy(output.traceback) : `${output.name}: ${output.value}`;
  return (
    <div>
      <TerminalText text={text} />
      {places.length > 0 && (
        <p className="mt-1 flex flex-wrap gap-x-3">
          {places.map((place) => (
            <button key={`${place.path}:${place.line}`} type="button" className="font-mono text-small text-accent hover:underline" onClick={() => editor.openFrame(place.path, place.line)}>
              {place.path}:{place.line}
            </button>
          ))}
        </p>
      )}
    </div>
  );
}

/** What came of one piece of code, in order. */
export function Outputs({ outputs, files }: { outputs: readonly Output[]; files: readonly string[] }) {
  return outputs.map((output, index) => {
    switch (output.type) {
      case "stream":
        return (
          <div key={index}>
            {output.isCut && <p className="text-small text-faint">The beginning is not kept; this is the latest of it.</p>}
            <TerminalText text={output.text} className={output.name === "stderr" ? "text-starting" : "text-text"} />
          </div>
        );
      case "display":
        return <DisplayOutput key={index} data={output.data} />;
      case "error":
        return <ErrorOutput key={index} output={output} files={files} />;
    }
  });
}
