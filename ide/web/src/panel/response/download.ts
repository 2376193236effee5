import { useCallback } from "react";

/** Lets the browser save bytes as a file. */
export function download(bytes: Uint8Array<ArrayBuffer>, name: string, type: string): void {
  const url = URL.createObjectURL(new Blob([bytes], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun when the click returns, but some browsers read the blob a little later.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A ref that gives an image bytes to show, by an address that ends with it. */
export function useImageBytes(bytes: Uint8Array<ArrayBuffer>, type: string): (image: HTMLImageElement) => () => void {
  return useCallback(
    (image) => {
      const url = URL.createObjectURL(new Blob([bytes], { type }));
      image.src = url;
      return () => URL.revokeObjectURL(url);
    },
    [bytes, type],
  );
}
