import { useAnnouncement } from "@/state/announce";

/** The live region; the key makes the same sentence said twice be said twice. */
export function Announcer() {
  const { text, seq } = useAnnouncement();
  return (
    <div role="status" aria-live="polite" className="sr-only">
      <span key={seq}>{text}</span>
    </div>
  );
}
