import { Monitor, Moon, Sun } from "lucide-react";
import { chooseTheme, type ThemeChoice, useTheme } from "@/state/theme";
import { IconButton } from "./IconButton";
import { Menu } from "./Menu";

const THEMES: readonly { choice: ThemeChoice; label: string; icon: typeof Sun }[] = [
  { choice: "system", label: "System", icon: Monitor },
  { choice: "light", label: "Light", icon: Sun },
  { choice: "dark", label: "Dark", icon: Moon },
];

/** Chooses between the system's theme, light and dark. */
export function ThemeMenu() {
  const { choice, theme } = useTheme();
  return (
    <Menu
      align="end"
      trigger={<IconButton icon={theme === "dark" ? Moon : Sun} label="Theme" />}
      groups={[
        THEMES.map(({ choice: value, label, icon }) => ({
          label,
          icon,
          checked: value === choice,
          onSelect: () => chooseTheme(value),
        })),
      ]}
    />
  );
}
