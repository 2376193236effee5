import { useEffect, useRef, useState } from "react";

/** For a dialog that is taken away as a whole: gives the focus back to what had it when the dialog came. */
export function useReturnFocus(): void {
  const [before] = useState(() => document.activeElement);
  const isThere = useRef(false);
  useEffect(() => {
    isThere.current = true;
    return () => {
      isThere.current = false;
      // After everything of the dialog has gone, and before what was chosen in it runs and may move the focus.
      queueMicrotask(() => {
        if (!isThere.current && before instanceof HTMLElement && document.activeElement === document.body) before.focus();
      });
    };
  }, [before]);
}
