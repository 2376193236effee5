import { type ReactNode, useEffect, useRef } from "react";
import { Group, Panel, type PanelImperativeHandle, useDefaultLayout } from "react-resizable-panels";
import { useMediaQuery } from "@/lib/useMediaQuery";
import { useWorkspace, workspace } from "@/state/workspace";
import { Handle } from "@/ui/Handle";
import { Slot } from "./slots";

type Part = "sidebar" | "panel" | "bottom";

/** A panel that a key closes and opens again at the size it had. */
function ClosablePanel({ part, size, min, children }: { part: Part; size: string | number; min: number; children: ReactNode }) {
  const handle = useRef<PanelImperativeHandle>(null);
  const open = useWorkspace((state) => state[part]);
  useEffect(() => {
    if (open) handle.current?.expand();
    else handle.current?.collapse();
  }, [open]);
  return (
    <Panel
      id={part}
      panelRef={handle}
      collapsible
      collapsedSize={0}
      defaultSize={size}
      minSize={min}
      groupResizeBehavior="preserve-pixel-size"
      onResize={(now, _id, before) => {
        if (before === undefined) return;
        const isOpen = now.inPixels > 0;
        if (isOpen !== before.inPixels > 0) workspace.set({ [part]: isOpen });
      }}
    >
      <div className="h-full" inert={!open}>
        {children}
      </div>
    </Panel>
  );
}

function EditorColumn({ withPanel }: { withPanel: boolean }) {
  const layout = useDefaultLayout({ id: withPanel ? "podium.column.three" : "podium.column", storage: localStorage });
  const { bottom, panel } = useWorkspace();
  return (
    <Group {...layout} orientation="vertical" className="h-full">
      <Panel id="editor" minSize={120}>
        <Slot name="editor" />
      </Panel>
      {withPanel && (
        <>
          <Handle vertical hidden={!panel} label="Resize the request panel" />
          <ClosablePanel part="panel" size="45%" min={160}>
            <Slot name="panel" />
          </ClosablePanel>
        </>
      )}
      <Handle vertical hidden={!bottom} label="Resize the output" />
      <ClosablePanel part="bottom" size={200} min={96}>
        <Slot name="bottom" />
      </ClosablePanel>
    </Group>
  );
}

function WideColumns({ withPanel }: { withPanel: boolean }) {
  const layout = useDefaultLayout({ id: withPanel ? "podium.columns" : "podium.columns.two", storage: localStorage });
  const { sidebar, panel } = useWorkspace();
  return (
    <Group {...layout} className="min-w-0 flex-1">
      <ClosablePanel part="sidebar" size={216} min={160}>
        <Slot name="sidebar" />
      </ClosablePanel>
      <Handle hidden={!sidebar} label="Resize the sidebar" />
      <Panel id="centre" minSize={320}>
        <EditorColumn withPanel={!withPanel} />
      </Panel>
      {withPanel && (
        <>
          <Handle hidden={!panel} label="Resize the request panel" />
          <ClosablePanel part="panel" size="36%" min={300}>
            <Slot name="panel" />
          </ClosablePanel>
        </>
      )}
    </Group>
  );
}

const NARROW = { files: "sidebar", code: "editor", request: "panel", output: "bottom" } as const;

/** The columns as the window's width allows: three, two with the panel under the editor, or one. */
export function Columns() {
  const isWide = useMediaQuery("(min-width: 1100px)");
  const isNarrow = useMediaQuery("(max-width: 799px)");
  const tab = useWorkspace((state) => state.narrowTab);
  if (isNarrow) {
    return (
      <main className="min-h-0 flex-1">
        <Slot key={tab} name={NARROW[tab]} />
      </main>
    );
  }
  return (
    <main className="flex min-h-0 flex-1">
      <WideColumns key={isWide ? "three" : "two"} withPanel={isWide} />
    </main>
  );
}
