import { useMemo } from "react";
import { useLocation } from "wouter";
import { type Command, useCommandKeys, useRegisterCommands } from "@/state/commands";
import { chooseTheme } from "@/state/theme";
import { workspace } from "@/state/workspace";

const THEME_COMMANDS: readonly Command[] = (["system", "light", "dark"] as const).map((choice) => ({
  id: `theme.${choice}`,
  title: choice === "system" ? "Use the system’s theme" : `Use the ${choice} theme`,
  group: "View",
  keywords: ["colour", "appearance"],
  run: () => chooseTheme(choice),
}));

/** Commands that every page has, and the listener for all keys. */
export function AppCommands() {
  const [, navigate] = useLocation();
  const commands = useMemo<readonly Command[]>(
    () => [
      { id: "palette.commands", title: "Search commands", group: "Go to", keys: "Mod+K", run: () => workspace.set({ palette: "commands" }) },
      { id: "apps.list", title: "Go to the list of apps", group: "Go to", keywords: ["home", "switch"], enabled: () => location.pathname !== "/", run: () => navigate("/") },
      { id: "help.keys", title: "Show all keys", group: "Help", keys: "?", keywords: ["shortcuts", "keyboard"], run: () => workspace.set({ keysOpen: true }) },
      ...THEME_COMMANDS,
    ],
    [navigate],
  );
  useRegisterCommands(commands);
  useCommandKeys();
  return null;
}
