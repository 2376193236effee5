import type { Route } from "@/api/types";

export interface RouteRow {
  key: string;
  method: string;
  route: Route;
}

function methodsOf(route: Route): readonly string[] {
  if (route.kind === "websocket") return ["WS"];
  if (route.kind === "mount") return ["ANY"];
  // HEAD comes with every GET and says nothing new.
  const methods = route.methods.filter((method) => method !== "HEAD" || route.methods.length === 1);
  return methods.length > 0 ? methods : ["GET"];
}

/** One row for each method of each route, in the app's order; a mounted app or a WebSocket is one row. */
export function routeRows(routes: readonly Route[]): RouteRow[] {
  const seen = new Map<string, number>();
  return routes.flatMap((route) =>
    methodsOf(route).map((method) => {
      const name = `${method} ${route.path}`;
      const times = seen.get(name) ?? 0;
      seen.set(name, times + 1);
      return { key: times === 0 ? name : `${name} (${times})`, method, route };
    }),
  );
}
