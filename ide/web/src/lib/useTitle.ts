import { useEffect } from "react";

/** The document's title: what is on the screen, then the product. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === "" ? "Podium" : `${title} · Podium`;
  }, [title]);
}
