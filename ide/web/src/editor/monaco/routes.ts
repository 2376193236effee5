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

const DEFINITION = /^\s*(?:async\s+)?(?:def|class)\s+(\w+)/;

/**
 * The line on which a route's handler begins, its decorators included. The running app may be older than the text, so
 * the definition of that name which is nearest to the app's own line counts; `null` when there is none any more.
 */
export function handlerLine(lines: readonly string[], route: Pick<Route, "handler" | "line">): number | null {
  const name = route.handler?.split(".").at(-1);
  if (route.line === null || name === undefined) return null;
  const wanted = route.line;
  let nearest: number | null = null;
  for (const [index, line] of lines.entries()) {
    const isNearer = nearest === null || Math.abs(index + 1 - wanted) < Math.abs(nearest - wanted);
    if (isNearer && DEFINITION.exec(line)?.[1] === name) nearest = index + 1;
  }
  return nearest === null ? null : firstDecorator(lines, nearest);
}

/** The first of the lines above a definition that belong to its decorators. */
function firstDecorator(lines: readonly string[], line: number): number {
  let first = line;
  for (let above = line - 1; above >= 1 && lines[above - 1]?.trim() !== ""; above -= 1) {
    if (lines[above - 1]?.trimStart().startsWith("@") === true) first = above;
  }
  return first;
}

/** What can be sent to the handlers in one file, by the line on which each begins. */
export function routeActions(routes: readonly Route[], path: string | null, lines: readonly string[]): Map<number, RouteAction[]> {
  const byLine = new Map<number, RouteAction[]>();
  for (const route of routes) {
    const line = route.file === path ? handlerLine(lines, route) : null;
    if (line !== null) byLine.set(line, [...(byLine.get(line) ?? []), ...actionsOf(route)]);
  }
  return byLine;
}
