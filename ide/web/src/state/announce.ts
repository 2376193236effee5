import { create } from "zustand";

export const useAnnouncement = create<{ text: string; seq: number }>(() => ({ text: "", seq: 0 }));

/** Says a sentence to screen readers, after what they are saying now. */
export function announce(text: string): void {
  useAnnouncement.setState(({ seq }) => ({ text, seq: seq + 1 }));
}
