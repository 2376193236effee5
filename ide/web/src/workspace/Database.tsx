import { Copy } from "lucide-react";
import { copyText } from "@/lib/clipboard";
import { IconButton, SidebarSection } from "@/ui";

const SNIPPET = `import os
from pymongo import AsyncMongoClient

db = AsyncMongoClient(os.environ["PLATFORM_MONGO_URI"]).get_default_database()
`;

/** The app's own database: which variable leads to it, and the lines that use it. */
export function Database() {
  return (
    <SidebarSection title="Database" closed>
      <div className="flex items-start gap-1 pr-1.5 pl-4">
        <p className="flex-1 py-1 text-small text-muted">
          MongoDB of this app’s own, at <code className="break-all text-text">PLATFORM_MONGO_URI</code>
        </p>
        <IconButton icon={Copy} label="Copy the lines that connect" onClick={() => void copyText(SNIPPET, "Snippet")} className="size-6" />
      </div>
    </SidebarSection>
  );
}
