import { api, apiFetch } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import { TAB, TAB_HEADER } from "@/api/tab";
import type { FileInfo, FileText } from "@/api/types";

/** A file as the server has it. */
export interface Stored {
  etag: string;
  text: string;
}

/** What the drafts need of the server. Everything throws ApiProblem. */
export interface Transport {
  /** Writes a file that must still be `etag` on the server, or must not be there (`null`); gives its new ETag. */
  put: (path: string, text: string, etag: string | null) => Promise<string>;
  /** The file, or `null` when there is none. */
  get: (path: string) => Promise<Stored | null>;
}

const hasText = (file: FileInfo | FileText): file is FileText => "text" in file;

/** The files of one app. */
export class FilesApi implements Transport {
  readonly #app: string;

  constructor(app: string) {
    this.#app = app;
  }

  async all(): Promise<FileText[]> {
    const { data } = await api.GET("/api/v1/apps/{app}/files", { params: { path: { app: this.#app }, query: { text: true } } });
    return (data?.files ?? []).filter(hasText);
  }

  /** The ETag of each file by its path. */
  async etags(): Promise<Map<string, string>> {
    const { data } = await api.GET("/api/v1/apps/{app}/files", { params: { path: { app: this.#app } } });
    return new Map(data?.files.map(({ path, etag }) => [path, etag]));
  }

  async get(path: string): Promise<Stored | null> {
    try {
      const response = await apiFetch(this.#url(path), { headers: { Accept: "application/json" } });
      const { etag, text } = (await response.json()) as FileText;
      return { etag, text };
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 404) return null;
      throw error;
    }
  }

  async put(path: string, text: string, etag: string | null): Promise<string> {
    return (await this.#write(path, text, etag)).etag;
  }

  /** Makes a file that must not be there yet; the server may spell its path in another way. */
  create(path: string, text: string): Promise<FileInfo> {
    return this.#write(path, text, null);
  }

  async rename(path: string, to: string, etag: string): Promise<FileInfo> {
    const response = await apiFetch(this.#url(path), {
      method: "PATCH",
      headers: { "If-Match": etag, "Content-Type": "application/json", [TAB_HEADER]: TAB },
      body: JSON.stringify({ path: to }),
    });
    return (await response.json()) as FileInfo;
  }

  async remove(path: string, etag: string): Promise<void> {
    await apiFetch(this.#url(path), { method: "DELETE", headers: { "If-Match": etag, [TAB_HEADER]: TAB } });
  }

  async #write(path: string, text: string, etag: string | null): Promise<FileInfo> {
    const match: Record<string, string> = etag === null ? { "If-None-Match": "*" } : { "If-Match": etag };
    const response = await apiFetch(this.#url(path), {
      method: "PUT",
      headers: { ...match, "Content-Type": "text/plain; charset=utf-8", [TAB_HEADER]: TAB },
      body: text,
    });
    return (await response.json()) as FileInfo;
  }

  #url(path: string): string {
    const encoded = path.split("/").map(encodeURIComponent).join("/");
    return `/api/v1/apps/${encodeURIComponent(this.#app)}/files/${encoded}`;
  }
}
