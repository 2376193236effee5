import { type CSSProperties, useEffect } from "react";
import { Toaster as Sonner, toast } from "sonner";
import { useTheme } from "@/state/theme";
import { type ToastWish, useToasts } from "./toast";

function show({ title, detail, action, durationMs }: ToastWish): void {
  toast(title, {
    ...(detail !== undefined && { description: detail }),
    ...(action !== undefined && { action }),
    ...(durationMs !== undefined && { duration: durationMs }),
  });
}

/** Where toasts appear; mounted once, when there is the first toast. */
export function Toaster() {
  const theme = useTheme((state) => state.theme);
  const waiting = useToasts((state) => state.waiting);
  useEffect(() => {
    if (waiting.length === 0) return;
    useToasts.setState({ waiting: [] });
    waiting.forEach(show);
  }, [waiting]);
  return (
    <Sonner
      theme={theme}
      position="bottom-center"
      offset={36}
      gap={8}
      style={{ "--width": "min(420px, calc(100vw - 32px))" } as CSSProperties}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            "flex w-full items-center gap-3 rounded-card bg-overlay px-3 py-2.5 font-sans text-ui text-text shadow-pop",
          content: "min-w-0 flex-1",
          title: "font-medium",
          description: "text-muted!",
          actionButton: "h-7 shrink-0 rounded-control border border-line-strong px-2.5 hover:bg-hover",
        },
      }}
    />
  );
}
