import { create } from "zustand";
import { workspace } from "@/state/workspace";

/** The one row of the tree that is being named: a new file in a folder, or a file that gets another path. */
type Naming = { kind: "add"; folder: string } | { kind: "rename"; path: string } | null;

export const useNaming = create<{ naming: Naming }>(() => ({ naming: null }));

const begin = (naming: Naming): void => {
  workspace.set({ sidebar: true, narrowTab: "files" });
  useNaming.setState({ naming });
};

export const treeActions = {
  add: (): void => begin({ kind: "add", folder: "" }),
  addIn: (folder: string): void => begin({ kind: "add", folder }),
  rename: (path: string): void => begin({ kind: "rename", path }),
  stop: (): void => useNaming.setState({ naming: null }),
};
