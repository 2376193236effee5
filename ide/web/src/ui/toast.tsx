import { toast as sonner } from "sonner";
import { explain } from "@/api/problem";

export interface ToastAction {
  label: string;
  onClick: () => void;
}

interface ToastOptions {
  detail?: string;
  action?: ToastAction;
  durationMs?: number;
}

const options = ({ detail, action, durationMs }: ToastOptions) => ({
  ...(detail !== undefined && { description: detail }),
  ...(action !== undefined && { action }),
  ...(durationMs !== undefined && { duration: durationMs }),
});

/** Short news at the bottom of the screen. What must not be missed stands in the page instead. */
export const toast = {
  show: (title: string, more: ToastOptions = {}) => sonner(title, options(more)),
  /** An error as a toast: what happened, why and what to do now. */
  error(error: unknown, action?: ToastAction) {
    const { title, detail } = explain(error);
    return sonner.error(title, options({ detail, durationMs: 8_000, ...(action !== undefined && { action }) }));
  },
  dismiss: (id: string | number) => sonner.dismiss(id),
};
