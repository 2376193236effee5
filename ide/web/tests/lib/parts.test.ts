// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { arrival, fetchLateParts, useParts } from "@/lib/parts";

const late = (): number => useParts.getState().late;

/** Fails as often as it is told to, then gives the part. */
function failing(times: number, error: Error): () => Promise<string> {
  let left = times;
  return () => (left-- > 0 ? Promise.reject(error) : Promise.resolve("part"));
}

describe("a part of the page", () => {
  it("is asked for until it arrives, and counts as late meanwhile", async () => {
    const part = arrival(failing(2, new TypeError("Failed to fetch dynamically imported module")));
    await expect.poll(late).toBe(1);
    fetchLateParts();
    await expect(part).resolves.toBe("part");
    expect(late()).toBe(0);
  });

  it("is late as well when its styles did not come", async () => {
    await expect(arrival(failing(1, new Error("Unable to preload CSS for /assets/mount.css")))).resolves.toBe("part");
  });

  it("whose code throws is not asked for again", async () => {
    await expect(arrival(failing(1, new RangeError("a mistake")))).rejects.toThrow("a mistake");
    expect(late()).toBe(0);
  });
});
