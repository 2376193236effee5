import { createContext, type ReactNode, use, useCallback, useState } from "react";
import { createPortal } from "react-dom";

export type SlotName = "sidebar" | "editor" | "panel" | "bottom";

type Hosts = Readonly<Record<SlotName, HTMLElement>>;

const HostsContext = createContext<Hosts | null>(null);

/** Each part is a landmark and one of the regions that F6 goes through; the element is what moves with the layout. */
function makeHost(label: string): HTMLElement {
  const host = document.createElement("section");
  host.className = "h-full min-h-0 min-w-0";
  host.dataset["region"] = label;
  host.ariaLabel = label;
  host.tabIndex = -1;
  return host;
}

const makeHosts = (): Hosts => ({
  sidebar: makeHost("Sidebar"),
  editor: makeHost("Editor"),
  panel: makeHost("Request panel"),
  bottom: makeHost("Output"),
});

/**
 * Renders each part of the workspace once, into an element of its own, which `Slot` then puts where the layout wants it.
 * A layout that changes with the window's width so moves the editor and the request panel without losing their state.
 */
export function Slots({ contents, children }: { contents: Readonly<Record<SlotName, ReactNode>>; children: ReactNode }) {
  const [hosts] = useState(makeHosts);
  return (
    <HostsContext value={hosts}>
      {children}
      {(Object.keys(hosts) as SlotName[]).map((name) => createPortal(contents[name], hosts[name], name))}
    </HostsContext>
  );
}

/** The place of a part in the layout. */
export function Slot({ name }: { name: SlotName }) {
  const hosts = use(HostsContext);
  const attach = useCallback(
    (place: HTMLElement | null) => {
      if (place !== null && hosts !== null) place.append(hosts[name]);
    },
    [hosts, name],
  );
  return <div ref={attach} className="h-full min-h-0 min-w-0" />;
}
