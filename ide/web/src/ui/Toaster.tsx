import { Toaster as Sonner } from "sonner";
import { useTheme } from "@/state/theme";

/** Where toasts appear; mounted once. */
export function Toaster() {
  const theme = useTheme((state) => state.theme);
  return (
    <Sonner
      theme={theme}
      position="bottom-center"
      offset={36}
      gap={8}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            "flex w-[min(420px,calc(100vw-32px))] items-center gap-3 rounded-card bg-overlay px-3 py-2.5 text-ui text-text shadow-pop",
          content: "min-w-0 flex-1",
          title: "font-medium",
          description: "text-muted",
          icon: "hidden",
          actionButton: "h-7 shrink-0 rounded-control border border-line-strong px-2.5 hover:bg-hover",
        },
      }}
    />
  );
}
