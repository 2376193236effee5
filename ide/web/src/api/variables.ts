import { queryOptions } from "@tanstack/react-query";
import { api } from "./client";

/** Environment variables, by name. */
export type Variables = Record<string, string>;

export const variablesQuery = (app: string) =>
  queryOptions({
    queryKey: ["variables", app],
    queryFn: async ({ signal }): Promise<Variables> =>
      (await api.GET("/api/v1/apps/{app}/env", { signal, params: { path: { app } } })).data?.variables ?? {},
  });

/** Replaces all variables; answers them as they are stored. */
export async function saveVariables(app: string, variables: Variables): Promise<Variables> {
  return (await api.PUT("/api/v1/apps/{app}/env", { params: { path: { app } }, body: { variables } })).data?.variables ?? {};
}
