// @vitest-environment node
import { expect, it } from "vitest";
import { nameProblem, suggestName } from "@/apps/names";

it("makes a name of what is typed", () => expect(suggestName("My first_app")).toBe("my-first-app"));

it("says what is wrong with a name", () => {
  expect(nameProblem("notes-api")).toBeNull();
  expect(nameProblem("")).toBeNull();
  expect(nameProblem("a".repeat(41))).toContain("40");
  expect(nameProblem("café")).toContain("hyphens");
  expect(nameProblem("notes-")).toContain("starts and ends");
});
