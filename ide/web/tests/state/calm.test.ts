// @vitest-environment happy-dom
import { expect, it } from "vitest";
import { calm, hurry, whenCalm } from "@/state/calm";

it("draws what is new in its order, behind what is urgent", async () => {
  const drawn: string[] = [];
  const [release, releaseToo] = [hurry(), hurry()];
  whenCalm(() => drawn.push("first"));
  whenCalm(() => drawn.push("second"));
  release();
  release();
  expect(drawn).toEqual([]);
  drawn.push("urgent");
  releaseToo();
  await calm();
  expect(drawn).toEqual(["urgent", "first", "second"]);
});

it("draws what is new also while something urgent takes long", async () => {
  const release = hurry();
  await calm();
  release();
});

it("draws at once in a page that nobody sees", () => {
  const drawn: string[] = [];
  Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
  whenCalm(() => drawn.push("now"));
  Reflect.deleteProperty(document, "visibilityState");
  expect(drawn).toEqual(["now"]);
});
