/** One line of the file tree. */
export interface Row {
  kind: "file" | "folder";
  path: string;
  name: string;
  /** 0 at the top. */
  depth: number;
  /** Only folders are open or closed. */
  open: boolean;
}

interface Folder {
  folders: Map<string, Folder>;
  files: string[];
}

const emptyFolder = (): Folder => ({ folders: new Map(), files: [] });

function build(paths: Iterable<string>): Folder {
  const root = emptyFolder();
  for (const path of paths) {
    const parts = path.split("/");
    const name = parts.pop() ?? path;
    let folder = root;
    for (const part of parts) {
      const next = folder.folders.get(part) ?? emptyFolder();
      folder.folders.set(part, next);
      folder = next;
    }
    folder.files.push(name);
  }
  return root;
}

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** The tree's lines from top to bottom: folders first, by name, without what is inside closed ones. */
export function treeRows(paths: Iterable<string>, closed: ReadonlySet<string>): Row[] {
  const rows: Row[] = [];
  const walk = (folder: Folder, prefix: string, depth: number): void => {
    for (const [name, inner] of [...folder.folders].sort(([a], [b]) => collator.compare(a, b))) {
      const path = prefix + name;
      const open = !closed.has(path);
      rows.push({ kind: "folder", path, name, depth, open });
      if (open) walk(inner, `${path}/`, depth + 1);
    }
    for (const name of folder.files.toSorted(collator.compare)) {
      rows.push({ kind: "file", path: prefix + name, name, depth, open: false });
    }
  };
  walk(build(paths), "", 0);
  return rows;
}

/** What an arrow key does on a row, as the ARIA pattern for trees has it. */
export type TreeMove = { focus: number } | { open: string } | { close: string } | null;

/** The move for a key on row `at`. */
export function treeMove(rows: readonly Row[], at: number, key: string): TreeMove {
  const row = rows[at];
  if (row === undefined) return null;
  switch (key) {
    case "ArrowDown":
      return at + 1 < rows.length ? { focus: at + 1 } : null;
    case "ArrowUp":
      return at > 0 ? { focus: at - 1 } : null;
    case "Home":
      return { focus: 0 };
    case "End":
      return { focus: rows.length - 1 };
    case "ArrowRight":
      if (row.kind === "file") return null;
      return row.open ? { focus: Math.min(at + 1, rows.length - 1) } : { open: row.path };
    case "ArrowLeft": {
      if (row.kind === "folder" && row.open) return { close: row.path };
      const parent = rows.findLastIndex((other, index) => index < at && other.depth < row.depth);
      return parent >= 0 ? { focus: parent } : null;
    }
    default:
      return null;
  }
}
