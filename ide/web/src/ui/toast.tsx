import { create } from "zustand";
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

export interface ToastWish extends ToastOptions {
  title: string;
}

/** Toasts that wait for the component that shows them, which is loaded with the first of them. */
export const useToasts = create<{ waiting: readonly ToastWish[] }>(() => ({ waiting: [] }));

function show(title: string, more: ToastOptions = {}): void {
  useToasts.setState(({ waiting }) => ({ waiting: [...waiting, { title, ...more }] }));
}

/** Short news at the bottom of the screen. What must not be missed stands in the page instead. */
export const toast = {
  show,
  /** An error as a toast: what happened, why and what to do now. */
  error: (error: unknown, action?: ToastAction): void => {
    const { title, detail } = explain(error);
    show(title, { detail, durationMs: 8_000, ...(action !== undefined && { action }) });
  },
};
