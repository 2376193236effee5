import { Suspense, useEffect } from "react";
import { EditorArea } from "@/app/pages";
import { useTitle } from "@/lib/useTitle";
import { RequestPanel } from "@/panel/RequestPanel";
import { followApp } from "@/state/live";
import { BottomPanel } from "./BottomPanel";
import { Columns } from "./Columns";
import { Sidebar } from "./Sidebar";
import { Slots } from "./slots";

/** One app: its files, its code, its requests. */
export function WorkspacePage({ name }: { name: string }) {
  useTitle(name);
  useEffect(() => followApp(name), [name]);
  return (
    <Slots
      contents={{
        sidebar: <Sidebar app={name} />,
        editor: (
          <Suspense>
            <EditorArea app={name} />
          </Suspense>
        ),
        panel: <RequestPanel app={name} />,
        bottom: <BottomPanel app={name} />,
      }}
    >
      <div className="flex h-full flex-col">
        <Columns />
      </div>
    </Slots>
  );
}
