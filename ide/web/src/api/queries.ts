import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "./client";
import { session } from "./session";
import type { App, CreateApp, Template } from "./types";

const APPS_REFRESH_MS = 5_000;

/** Answers without a body type their data as possibly missing; those with one always have it. */
function present<T>(data: T | undefined): T {
  if (data === undefined) throw new Error("The server answered without a body.");
  return data;
}

export const sessionQuery = queryOptions({ queryKey: ["session"], queryFn: session, staleTime: Infinity });

export const appsQuery = queryOptions({
  queryKey: ["apps"],
  queryFn: async ({ signal }) => present((await api.GET("/api/v1/apps", { signal })).data).apps,
  refetchInterval: APPS_REFRESH_MS,
});

export const templatesQuery = queryOptions({
  queryKey: ["templates"],
  // The client's types make arrays of tuples, such as a header's name and value.
  queryFn: async ({ signal }) => present((await api.GET("/api/v1/templates", { signal })).data).templates as Template[],
  staleTime: Infinity,
});

export const appQuery = (app: string) =>
  queryOptions({
    queryKey: ["app", app],
    queryFn: async ({ signal }) => present((await api.GET("/api/v1/apps/{app}", { signal, params: { path: { app } } })).data),
  });

/** The paths of an app's files with their sizes; asked again whenever the event stream tells of a change. */
export const filesQuery = (app: string) =>
  queryOptions({
    queryKey: ["files", app],
    queryFn: async ({ signal }) =>
      present((await api.GET("/api/v1/apps/{app}/files", { signal, params: { path: { app } } })).data).files,
  });

export async function createApp(wish: Partial<CreateApp>): Promise<App> {
  return present((await api.POST("/api/v1/apps", { body: { name: null, template: null, copy_of: null, ...wish } })).data);
}

export function useCreateApp() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: createApp,
    onSuccess: (app) => client.setQueryData(appsQuery.queryKey, (apps) => [app, ...(apps ?? []).filter((known) => known.id !== app.id)]),
  });
}

export function useRenameApp() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ app, name }: { app: App; name: string }) =>
      present((await api.PATCH("/api/v1/apps/{app}", { params: { path: { app: app.id } }, body: { name, entry: null } })).data),
    meta: { quiet: true },
    onSuccess: (renamed) =>
      client.setQueryData(appsQuery.queryKey, (apps) => apps?.map((app) => (app.id === renamed.id ? renamed : app))),
  });
}

export function useDeleteApp() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (app: App) => api.DELETE("/api/v1/apps/{app}", { params: { path: { app: app.id } } }),
    onMutate: async (app) => {
      await client.cancelQueries(appsQuery);
      client.setQueryData(appsQuery.queryKey, (apps) => apps?.filter((known) => known.id !== app.id));
    },
    onSettled: () => client.invalidateQueries(appsQuery),
  });
}

export function useRestoreApp() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (app: App) => api.POST("/api/v1/apps/{app}/restore", { params: { path: { app: app.id } } }),
    onSettled: () => client.invalidateQueries(appsQuery),
  });
}
