/** Addresses of library sources, which open read-only. */
export const LIBRARY = "library:";

export const isLibrary = (tab: string): boolean => tab.startsWith(LIBRARY);

export const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

interface Language {
  /** Monaco's id. */
  id: string;
  label: string;
}

const LANGUAGES: Readonly<Record<string, Language>> = {
  py: { id: "python", label: "Python" },
  pyi: { id: "python", label: "Python" },
  html: { id: "html", label: "HTML" },
  htm: { id: "html", label: "HTML" },
  jinja: { id: "html", label: "HTML" },
  j2: { id: "html", label: "HTML" },
  svg: { id: "html", label: "SVG" },
  xml: { id: "html", label: "XML" },
  css: { id: "css", label: "CSS" },
  js: { id: "javascript", label: "JavaScript" },
  mjs: { id: "javascript", label: "JavaScript" },
  json: { id: "json", label: "JSON" },
  yaml: { id: "yaml", label: "YAML" },
  yml: { id: "yaml", label: "YAML" },
  md: { id: "markdown", label: "Markdown" },
  toml: { id: "toml", label: "TOML" },
};

const PLAIN: Language = { id: "plaintext", label: "Plain text" };

/** The language of a file by the end of its name. */
export function languageOf(path: string): Language {
  const name = baseName(path).toLowerCase();
  return LANGUAGES[name.slice(name.lastIndexOf(".") + 1)] ?? PLAIN;
}

/** The file that a newcomer should see first. */
export function firstFile(paths: readonly string[]): string | null {
  return paths.find((path) => path === "main.py") ?? paths.find((path) => path === "app.py") ?? paths.find((path) => path.endsWith(".py")) ?? paths[0] ?? null;
}

/** Why a path cannot be an app's file, as far as the browser can tell; the server has the last word. */
export function whyNotPath(path: string, others: Iterable<string>): string | null {
  if (path === "") return "Type a name, for example models.py.";
  if (path.startsWith("/")) return "Start with a name, not with a slash.";
  if (path.split("/").some((part) => part === "" || part === "." || part === "..")) return "Each part of the path needs a name of its own.";
  for (const other of others) {
    if (other === path) return "There is a file of that name already.";
    if (other.toLowerCase() === path.toLowerCase()) return `${other} differs only in upper and lower case.`;
    if (other.startsWith(`${path}/`)) return "There is a folder of that name already.";
    if (path.startsWith(`${other}/`)) return `${other} is a file, so nothing can be put inside it.`;
  }
  return null;
}
