import { useQuery } from "@tanstack/react-query";
import { Command as Cmdk } from "cmdk";
import { Box, FileCode, type LucideIcon } from "lucide-react";
import { useLocation } from "wouter";
import { appsQuery, filesQuery } from "@/api/queries";
import { firstKey, grouped, isEnabled, useCommands } from "@/state/commands";
import { editor } from "@/state/editor";
import { useLive } from "@/state/live";
import { workspace } from "@/state/workspace";
import { Kbd } from "@/ui";
import { PaletteDialog } from "./PaletteDialog";

interface PaletteProps {
  /** `files` searches files only. */
  mode: "commands" | "files";
  onClose: () => void;
}

const ITEM = "flex h-8 items-center gap-2 rounded-control px-2 data-[selected=true]:bg-active";
const GROUP =
  "[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-small [&_[cmdk-group-heading]]:text-faint";

interface ItemProps {
  value: string;
  title: string;
  icon?: LucideIcon;
  keys?: string | undefined;
  keywords?: readonly string[] | undefined;
  onSelect: () => void;
}

function Item({ value, title, icon: Icon, keys, keywords, onSelect }: ItemProps) {
  return (
    <Cmdk.Item value={value} keywords={[title, ...(keywords ?? [])]} onSelect={onSelect} className={ITEM}>
      {Icon !== undefined && <Icon size={14} className="shrink-0 text-faint" aria-hidden />}
      <span className="min-w-0 flex-1 truncate">{title}</span>
      {keys !== undefined && <Kbd keys={keys} />}
    </Cmdk.Item>
  );
}

function Files({ app, onPick }: { app: string; onPick: (then: () => void) => void }) {
  const { data: files } = useQuery(filesQuery(app));
  if (files === undefined) return null;
  return (
    <Cmdk.Group heading="Files" className={GROUP}>
      {files.map(({ path }) => (
        <Item key={path} value={`file:${path}`} title={path} icon={FileCode} onSelect={() => onPick(() => editor.open({ path }))} />
      ))}
    </Cmdk.Group>
  );
}

function Apps({ current, onPick }: { current: string | null; onPick: (then: () => void) => void }) {
  const { data: apps } = useQuery(appsQuery);
  const [, navigate] = useLocation();
  const others = apps?.filter((app) => app.name !== current) ?? [];
  if (others.length === 0) return null;
  return (
    <Cmdk.Group heading="Apps" className={GROUP}>
      {others.map(({ id, name }) => (
        <Item key={id} value={`app:${name}`} title={name} icon={Box} onSelect={() => onPick(() => navigate(`/apps/${name}`))} />
      ))}
    </Cmdk.Group>
  );
}

function Commands({ onPick }: { onPick: (then: () => void) => void }) {
  const commands = useCommands((state) => state.commands);
  const offered = [...commands.values()].filter((command) => command.id !== "palette.commands" && isEnabled(command));
  return grouped(offered).map(([group, members]) => (
    <Cmdk.Group key={group} heading={group} className={GROUP}>
      {members.map((command) => (
        <Item
          key={command.id}
          value={command.id}
          title={command.title}
          keys={firstKey(command)}
          keywords={[group, ...(command.keywords ?? [])]}
          onSelect={() => onPick(command.run)}
        />
      ))}
    </Cmdk.Group>
  ));
}

/** Finds commands, files of the open app and other apps by typing. */
export function Palette({ mode, onClose }: PaletteProps) {
  const [path] = useLocation();
  const openApp = useLive((state) => state.app);
  const app = path.startsWith("/apps/") ? openApp : null;
  const pick = (then: () => void): void => {
    onClose();
    // After the dialog gave the focus back, so that what runs now may move it.
    setTimeout(then);
  };
  const isFiles = mode === "files" && app !== null;
  return (
    <PaletteDialog label={isFiles ? "Files" : "Commands"} onClose={onClose}>
      <Cmdk
        label={isFiles ? "Search files" : "Search commands, files and apps"}
        loop
        onKeyDown={(event) => {
          if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === (isFiles ? "k" : "p") && app !== null) {
            event.preventDefault();
            workspace.set({ palette: isFiles ? "commands" : "files" });
          }
        }}
      >
        <Cmdk.Input
          autoFocus
          placeholder={isFiles ? "Go to a file" : "Search or run"}
          className="h-11 w-full border-b border-line bg-transparent px-4 text-ui outline-none placeholder:text-faint"
        />
        <Cmdk.List className="max-h-[min(400px,52vh)] overflow-y-auto p-1.5 pt-0">
          <Cmdk.Empty className="p-6 text-center text-muted">Nothing matches. Try fewer letters.</Cmdk.Empty>
          {!isFiles && <Commands onPick={pick} />}
          {app !== null && <Files app={app} onPick={pick} />}
          {!isFiles && <Apps current={app} onPick={pick} />}
        </Cmdk.List>
      </Cmdk>
    </PaletteDialog>
  );
}
