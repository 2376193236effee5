import type { Status } from "@/ui";

/** The reason phrases of RFC 9110 and of the registry, since HTTP/2 and our stream do not carry them. */
const WORDS: Readonly<Record<number, string>> = {
  100: "Continue",
  101: "Switching Protocols",
  103: "Early Hints",
  200: "OK",
  201: "Created",
  202: "Accepted",
  203: "Non-Authoritative Information",
  204: "No Content",
  205: "Reset Content",
  206: "Partial Content",
  207: "Multi-Status",
  226: "IM Used",
  300: "Multiple Choices",
  301: "Moved Permanently",
  302: "Found",
  303: "See Other",
  304: "Not Modified",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  407: "Proxy Authentication Required",
  408: "Request Timeout",
  409: "Conflict",
  410: "Gone",
  411: "Length Required",
  412: "Precondition Failed",
  413: "Content Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  416: "Range Not Satisfiable",
  417: "Expectation Failed",
  418: "I'm a teapot",
  421: "Misdirected Request",
  422: "Unprocessable Content",
  423: "Locked",
  424: "Failed Dependency",
  425: "Too Early",
  426: "Upgrade Required",
  428: "Precondition Required",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  451: "Unavailable For Legal Reasons",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  505: "HTTP Version Not Supported",
  507: "Insufficient Storage",
  508: "Loop Detected",
  511: "Network Authentication Required",
};

/** `200 OK`; a code that nobody registered stands alone. */
export function statusText(status: number): string {
  const word = WORDS[status];
  return word === undefined ? status.toString() : `${status} ${word}`;
}

/** How a status is coloured; the number always stands beside it. */
export function statusTone(status: number): Status {
  if (status >= 500) return "failed";
  if (status >= 400) return "warning";
  return status >= 300 ? "sleeping" : "running";
}

export const TONE_TEXT: Readonly<Record<Status, string>> = {
  running: "text-running",
  starting: "text-starting",
  warning: "text-starting",
  sleeping: "text-sleeping",
  failed: "text-failed",
  stopped: "text-stopped",
  disconnected: "text-starting",
};
