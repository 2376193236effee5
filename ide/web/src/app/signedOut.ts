import { navigate } from "wouter/use-browser-location";
import { forgetSession } from "@/api/session";

/** The address to go to after signing in: one of this site's own pages, or the list of apps. */
export function nextPage(search: string): string {
  const next = new URLSearchParams(search).get("next") ?? "/";
  const url = new URL(next, location.origin);
  return url.origin === location.origin && next.startsWith("/") ? `${url.pathname}${url.search}` : "/";
}

/** Goes to the sign-in page, and remembers where from. */
export function goToSignIn(): void {
  if (location.pathname === "/signin") return;
  forgetSession();
  const here = `${location.pathname}${location.search}`;
  navigate(here === "/" ? "/signin" : `/signin?next=${encodeURIComponent(here)}`);
}
