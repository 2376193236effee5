import { describe, expect, it } from "vitest";
import { firstFile, languageOf, whyNotPath } from "@/editor/files/paths";

describe("paths", () => {
  it.each([
    ["", "Type a name"],
    ["/etc/passwd", "not with a slash"],
    ["a//b.py", "name of its own"],
    ["../x.py", "name of its own"],
    ["main.py", "already"],
    ["Main.PY", "upper and lower case"],
    ["lib", "a folder of that name"],
    ["main.py/x", "is a file"],
  ])("cannot be %j", (path, why) => {
    expect(whyNotPath(path, ["main.py", "lib/a.py"])).toContain(why);
  });

  it("may be new", () => {
    expect(whyNotPath("lib/b.py", ["main.py", "lib/a.py"])).toBeNull();
  });

  it("tell the language, also in capitals and without an end", () => {
    expect(languageOf("a/pyproject.toml").id).toBe("toml");
    expect(languageOf("INDEX.HTML").label).toBe("HTML");
    expect(languageOf("Makefile").id).toBe("plaintext");
  });

  it("name the file to begin with", () => {
    expect(firstFile(["a.css", "b.py", "main.py"])).toBe("main.py");
    expect(firstFile(["a.css", "b.py"])).toBe("b.py");
    expect(firstFile(["a.css"])).toBe("a.css");
    expect(firstFile([])).toBeNull();
  });
});
