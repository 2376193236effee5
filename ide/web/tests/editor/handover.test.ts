import { expect, test } from "vitest";
import { offsetOf, placeAt } from "@/editor/plain/handover";

const TEXT = "first\n\n  third 🙂\nlast";

test.each([0, 5, 6, 7, 9, 17, TEXT.length])("offset %i is the place that it is at", (offset) => {
  expect(offsetOf(TEXT, placeAt(TEXT, offset))).toBe(offset);
});

test("places count lines and UTF-16 units from 1", () => {
  expect(placeAt(TEXT, 0)).toEqual({ line: 1, column: 1 });
  expect(placeAt(TEXT, 6)).toEqual({ line: 2, column: 1 });
  expect(placeAt(TEXT, TEXT.indexOf("\nlast"))).toEqual({ line: 3, column: 11 });
});

test("a place beyond its line or the text is the end", () => {
  expect(offsetOf(TEXT, { line: 2, column: 9 })).toBe(6);
  expect(offsetOf(TEXT, { line: 9, column: 1 })).toBe(TEXT.length);
});
