import type { FileRef } from "./model";
import { rowId } from "./model";

/** Bytes of a body that Podium takes (`MAX_SEND_BODY` of the server). */
export const MAX_BODY_BYTES = 10 * 1024 * 1024;

const STORE = "files";
const inMemory = new Map<string, Blob>();

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("podium", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("The browser's database could not be opened."));
  });
}

async function inStore<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  try {
    return await new Promise<T>((resolve, reject) => {
      const request = act(database.transaction(STORE, mode).objectStore(STORE));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error("The browser's database did not answer."));
    });
  } finally {
    database.close();
  }
}

/** Keeps a chosen file for this request, also over a reload where the browser allows that. */
export async function keepFile(file: File): Promise<FileRef> {
  const ref: FileRef = { key: rowId(), name: file.name, type: file.type, size: file.size };
  inMemory.set(ref.key, file);
  // A private window may have no database; the file then lives as long as the page.
  await inStore("readwrite", (store) => store.put(file, ref.key)).catch(() => undefined);
  return ref;
}

/** A kept file's bytes, or null when the browser has thrown them away. */
export async function readFile(ref: FileRef): Promise<Uint8Array | null> {
  const blob = inMemory.get(ref.key) ?? (await inStore<Blob | undefined>("readonly", (store) => store.get(ref.key) as IDBRequest<Blob | undefined>).catch(() => undefined));
  return blob === undefined ? null : new Uint8Array(await blob.arrayBuffer());
}

/** Forgets files that no draft and no saved request names any more. */
export async function dropFilesExcept(keys: ReadonlySet<string>): Promise<void> {
  for (const key of inMemory.keys()) if (!keys.has(key)) inMemory.delete(key);
  const stored = await inStore("readonly", (store) => store.getAllKeys()).catch(() => []);
  for (const key of stored) {
    if (typeof key === "string" && !keys.has(key)) await inStore("readwrite", (store) => store.delete(key)).catch(() => undefined);
  }
}
