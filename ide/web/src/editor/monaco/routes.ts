import type { Route } from "@/api/types";

/** One thing to click above a handler. */
export interface RouteAction {
  route: Route;
  method: string | null;
  title: string;
}

/** Methods that frameworks add by themselves. */
const IMPLIED: ReadonlySet<string> = new Set(["HEAD", "OPTIONS"]);

function actionsOf(route: Route): RouteAction[] {
  if (route.kind === "mount") return [];
  if (route.kind === "websocket") return [{ route, method: null, title: `WS ${route.path}  ▷ open` }];
  const own = route.methods.filter((method) => !IMPLIED.has(method));
  const methods = own.length > 0 ? own : route.methods;
  return methods.map((method) => ({ route, method, title: `${method} ${route.path}  ▷ send` }));
}

/** What can be sent to the handlers in one file, by the line on which each begins. */
export function routeActions(routes: readonly Route[], path: string | null): Map<number, RouteAction[]> {
  const byLine = new Map<number, RouteAction[]>();
  for (const route of routes) {
    if (route.file !== path || route.line === null) continue;
    byLine.set(route.line, [...(byLine.get(route.line) ?? []), ...actionsOf(route)]);
  }
  return byLine;
}
