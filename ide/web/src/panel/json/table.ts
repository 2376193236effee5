/** The kinds of nodes of a JSON text. */
export const Kind = { object: 0, array: 1, string: 2, number: 3, literal: 4 } as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

/**
 * The nodes of a JSON text in the order in which they stand there, as columns of numbers: a text of ten megabytes has
 * some hundred thousand nodes, and columns go from a worker to the page without being copied.
 */
export interface JsonTable {
  length: number;
  kind: Uint8Array;
  /** Where the value begins and ends in the text. */
  start: Int32Array;
  end: Int32Array;
  /** Where the key's opening quote is; -1 for elements of arrays and for the root. */
  key: Int32Array;
  /** The container's index; -1 for the root. */
  parent: Int32Array;
  /** The index of the last node inside, which is the node itself when there is none. */
  last: Int32Array;
  /** How many members or elements a container has. */
  count: Int32Array;
  depth: Int32Array;
}

const COLUMNS = ["start", "end", "key", "parent", "last", "count", "depth"] as const;

const column = (capacity: number): Int32Array => new Int32Array(capacity);

/** Collects nodes; its columns grow by doubling. */
export class TableBuilder {
  #table: JsonTable = {
    length: 0,
    kind: new Uint8Array(64),
    start: column(64),
    end: column(64),
    key: column(64),
    parent: column(64),
    last: column(64),
    count: column(64),
    depth: column(64),
  };

  add(kind: Kind, start: number, end: number, key: number, parent: number): number {
    const index = this.#table.length;
    if (index === this.#table.start.length) this.#grow(index * 2);
    const table = this.#table;
    table.kind[index] = kind;
    table.start[index] = start;
    table.end[index] = end;
    table.key[index] = key;
    table.parent[index] = parent;
    table.last[index] = index;
    table.depth[index] = parent < 0 ? 0 : at(table.depth, parent) + 1;
    if (parent >= 0) table.count[parent] = at(table.count, parent) + 1;
    table.length = index + 1;
    return index;
  }

  close(index: number, end: number): void {
    this.#table.end[index] = end;
    this.#table.last[index] = this.#table.length - 1;
  }

  isObject(index: number): boolean {
    return this.#table.kind[index] === Kind.object;
  }

  count(index: number): number {
    return at(this.#table.count, index);
  }

  done(): JsonTable {
    const { length } = this.#table;
    const cut: JsonTable = { ...this.#table, kind: this.#table.kind.slice(0, length) };
    for (const name of COLUMNS) cut[name] = cut[name].slice(0, length);
    return cut;
  }

  #grow(capacity: number): void {
    const next: JsonTable = { ...this.#table, kind: new Uint8Array(capacity) };
    next.kind.set(this.#table.kind);
    for (const name of COLUMNS) {
      next[name] = column(capacity);
      next[name].set(this.#table[name]);
    }
    this.#table = next;
  }
}

/** The value of a column; indices are always inside. */
export const at = (values: Int32Array | Uint8Array, index: number): number => values[index] ?? 0;

/** The buffers to hand over when a table is posted from a worker. */
export const buffersOf = (table: JsonTable): Transferable[] => [
  table.kind.buffer as ArrayBuffer,
  ...COLUMNS.map((name) => table[name].buffer as ArrayBuffer),
];
