import { create } from "zustand";
import { recall, remember } from "@/lib/storage";

export type ThemeChoice = "system" | "light" | "dark";
export type Theme = "light" | "dark";

const isChoice = (value: unknown): value is ThemeChoice => value === "system" || value === "light" || value === "dark";
const system = window.matchMedia("(prefers-color-scheme: dark)");
const resolve = (choice: ThemeChoice): Theme => (choice === "system" ? (system.matches ? "dark" : "light") : choice);

interface ThemeState {
  choice: ThemeChoice;
  theme: Theme;
}

const first = recall("theme", isChoice, "system");
export const useTheme = create<ThemeState>(() => ({ choice: first, theme: resolve(first) }));

function apply({ choice }: ThemeState): void {
  if (choice === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = choice;
}

/** Sets and remembers the choice. */
export function chooseTheme(choice: ThemeChoice): void {
  remember("theme", choice);
  useTheme.setState({ choice, theme: resolve(choice) });
}

/** Puts the remembered theme on the document and follows the system; called once, before the first render. */
export function startTheme(): void {
  apply(useTheme.getState());
  // The document changes before subscribers of the store read colours from it.
  useTheme.subscribe(apply);
  system.addEventListener("change", () => useTheme.setState(({ choice }) => ({ theme: resolve(choice) })));
}

/** The value of a colour token (for example `--accent`) as `#rrggbb` or `#rrggbbaa`, in the theme now shown. */
export function tokenColor(name: `--${string}`): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const computed = getComputedStyle(probe).color;
  probe.remove();
  return hex(computed);
}

/** `rgb(16, 18, 21)` or `rgba(0, 0, 0, 0.5)` as hex. */
export function hex(computed: string): string {
  const [r = 0, g = 0, b = 0, alpha = 1] = (computed.match(/[\d.]+/g) ?? []).map(Number);
  const parts = alpha === 1 ? [r, g, b] : [r, g, b, Math.round(alpha * 255)];
  return `#${parts.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
}
