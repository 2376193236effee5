import { Uri } from "monaco-editor/editor";

const APP = "/app/";

/** The document of one of the app's files: `file:///app/PATH`. */
export const uriOf = (path: string): Uri => Uri.from({ scheme: "file", path: APP + path });

/** A document's address as the server spells it; Monaco would write `library:/…` for `library:///…`. */
export const addressOf = (uri: Uri): string => (uri.scheme === "library" ? `library://${encodeURI(uri.path)}` : uri.toString());

/** The tab that shows a document: a file's path, or the address of a library's source. */
export function tabOf(uri: Uri): string | null {
  if (uri.scheme === "library") return addressOf(uri);
  return uri.scheme === "file" && uri.path.startsWith(APP) ? uri.path.slice(APP.length) : null;
}
