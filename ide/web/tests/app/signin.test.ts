// @vitest-environment happy-dom
import { expect, it } from "vitest";
import { nextPage } from "@/app/signedOut";
import { tokenOf } from "@/signin/token";

it("goes back to where the sign-in was asked for", () => {
  expect(nextPage("?next=%2Fapps%2Fnotes")).toBe("/apps/notes");
  expect(nextPage("")).toBe("/");
});

it.each(["https://evil.example", "//evil.example", "/\\evil.example", "https:evil.example", "javascript:alert(1)", "\t//evil.example"])(
  "never leaves the site for %s",
  (next) => expect(nextPage(`?next=${encodeURIComponent(next)}`)).toBe("/"),
);

it("takes the token out of a pasted link", () => {
  expect(tokenOf("  abc ")).toBe("abc");
  expect(tokenOf("http://127.0.0.1:8000/?token=abc")).toBe("abc");
});
