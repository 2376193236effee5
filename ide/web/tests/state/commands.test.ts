// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from "vitest";
import { type Command, commandFor, firstKey, grouped, registerCommands, runCommand, useCommands } from "@/state/commands";

const command = (id: string, more: Partial<Command> = {}): Command => ({ id, title: id, group: "Run", run: vi.fn(), ...more });

/** What a key pressed on `target` means. */
function pressed(target: Element, init: KeyboardEventInit): Command | undefined {
  let found: Command | undefined;
  const listener = (event: Event): void => {
    found = commandFor(event as KeyboardEvent);
  };
  document.body.append(target);
  target.addEventListener("keydown", listener);
  target.dispatchEvent(new KeyboardEvent("keydown", init));
  target.removeEventListener("keydown", listener);
  return found;
}

const undo: (() => void)[] = [];
const register = (...commands: Command[]): void => void undo.push(registerCommands(commands));

afterEach(() => {
  for (const take of undo.splice(0)) take();
  document.body.replaceChildren();
});

describe("the registry", () => {
  it("gives up only what is still its own", () => {
    const take = registerCommands([command("a", { title: "old" })]);
    register(command("a", { title: "new" }));
    take();
    expect(useCommands.getState().commands.get("a")?.title).toBe("new");
  });

  it("runs a command by id unless it is off", () => {
    const on = command("on");
    const off = command("off", { enabled: () => false });
    register(on, off);
    runCommand("on");
    runCommand("off");
    runCommand("unknown");
    expect(on.run).toHaveBeenCalledOnce();
    expect(off.run).not.toHaveBeenCalled();
  });

  it("shows the first of several keys", () => {
    expect(firstKey(command("a", { keys: ["F8", "Mod+."] }))).toBe("F8");
    expect(firstKey(command("a"))).toBeUndefined();
  });

  it("orders groups, without empty ones", () => {
    const groups = grouped([command("x", { group: "Help" }), command("y", { group: "Run" }), command("z", { group: "Help" })]);
    expect(groups.map(([group, members]) => [group, members.length])).toEqual([
      ["Run", 1],
      ["Help", 2],
    ]);
  });
});

describe("a key press", () => {
  it("leaves plain keys to text fields, but not keys with Ctrl", () => {
    register(command("keys", { keys: "?" }), command("run", { keys: "Mod+Enter" }), command("region", { keys: "F6" }));
    const field = document.createElement("input");
    expect(pressed(field, { key: "?" })).toBeUndefined();
    expect(pressed(field, { key: "Enter", ctrlKey: true })?.id).toBe("run");
    expect(pressed(field, { key: "F6" })?.id).toBe("region");
    expect(pressed(document.createElement("button"), { key: "?" })?.id).toBe("keys");
  });

  it("passes a command that is off on to the next with the same key", () => {
    register(command("first", { keys: "Mod+I", enabled: () => false }), command("second", { keys: "Mod+I" }));
    expect(pressed(document.createElement("button"), { key: "i", ctrlKey: true })?.id).toBe("second");
  });

  it("belongs to an open dialog", () => {
    register(command("run", { keys: "Mod+Enter" }));
    const dialog = document.createElement("div");
    dialog.dataset["modal"] = "";
    document.body.append(dialog);
    expect(pressed(document.createElement("button"), { key: "Enter", ctrlKey: true })).toBeUndefined();
  });
});
