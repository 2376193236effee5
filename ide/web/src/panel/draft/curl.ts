import type { SendRequest } from "@/api/types";
import type { Draft } from "./model";
import { formText } from "./request";

/** A word for any POSIX shell: single quotes hold everything but themselves. */
export function quote(word: string): string {
  if (/^[\w@%+:,./-][\w@%+=:,./-]*$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

interface CurlBody {
  options: string[];
  /** Whether curl chooses a content type of its own, which then has to be taken back. */
  impliesType: boolean;
}

const NO_BODY: CurlBody = { options: [], impliesType: false };

function draftBody(draft: Draft): CurlBody {
  const { body } = draft;
  switch (body.mode) {
    case "none":
      return NO_BODY;
    case "json":
      return { options: ["--data-raw", body.json], impliesType: true };
    case "form":
      return { options: ["--data-raw", formText(body.form)], impliesType: true };
    case "text":
      return { options: ["--data-raw", body.text], impliesType: true };
    case "file":
      return { options: ["--data-binary", `@${body.file?.name ?? "FILE"}`], impliesType: true };
    case "multipart": {
      const parts = body.parts.filter((part) => part.enabled && part.name !== "");
      // -F reads a leading @ or < as a file's name, so text goes with --form-string.
      const options = parts.flatMap((part) =>
        part.isFile ? ["--form", `${part.name}=@${part.file?.name ?? "FILE"}`] : ["--form-string", `${part.name}=${part.value}`],
      );
      return { options, impliesType: false };
    }
  }
}

function sentBody(request: SendRequest): CurlBody {
  if (request.body !== null && request.body !== "") return { options: ["--data-raw", request.body], impliesType: true };
  if (request.body_base64 !== null) return { options: ["--data-binary", "@FILE"], impliesType: true };
  return NO_BODY;
}

function methodOptions(method: string, hasBody: boolean): string[] {
  if (method === "HEAD") return ["--head"];
  if (method === (hasBody ? "POST" : "GET")) return [];
  return ["--request", method];
}

/** A header for curl: one without a value is written with a semicolon, or curl would leave it out. */
const headerOption = ([name, value]: readonly [string, string]): string[] => ["--header", value === "" ? `${name};` : `${name}: ${value}`];

/**
 * The command line that sends a request with curl to the app's own address. `draft` is given where the request comes
 * from one: its files and form fields are then named instead of spelled out.
 */
export function curlCommand(url: string, request: SendRequest, draft?: Draft): string {
  const body = draft === undefined ? sentBody(request) : draftBody(draft);
  const isForm = draft?.body.mode === "multipart";
  // curl makes the boundary of a form itself.
  const headers = (request.headers ?? []).filter(([name]) => !(isForm && name.toLowerCase() === "content-type"));
  const saysType = headers.some(([name]) => name.toLowerCase() === "content-type");
  const target = url.replace(/\/+$/, "") + request.path;
  const options: string[][] = [
    methodOptions(request.method, body.options.length > 0),
    ...(/[[\]{}]/.test(target) ? [["--globoff"]] : []),
    ...(/\/\.{1,2}(\/|\?|$)/.test(request.path) ? [["--path-as-is"]] : []),
    ...headers.map(headerOption),
    ...(body.impliesType && !saysType ? [["--header", "Content-Type:"]] : []),
    ...pairs(body.options),
  ];
  const first = ["curl", quote(target)].join(" ");
  return [first, ...options.filter((option) => option.length > 0).map((option) => option.map(quote).join(" "))].join(" \\\n  ");
}

const pairs = (options: readonly string[]): string[][] =>
  options.flatMap((option, index) => (index % 2 === 0 ? [[option, options[index + 1] ?? ""]] : []));
