import { Copy } from "lucide-react";
import { Link } from "wouter";
import type { App } from "@/api/types";
import { copyText } from "@/lib/clipboard";
import { exactTime, relativeTime } from "@/lib/format";
import { IconButton, StatusDot } from "@/ui";
import { AppActions } from "./AppActions";

function Ago({ at }: { at: string | null }) {
  if (at === null) return <span className="text-faint">never</span>;
  const date = new Date(at);
  return (
    <time dateTime={at} title={exactTime(date)}>
      {relativeTime(date)}
    </time>
  );
}

/** An address without its scheme and closing slash, which are the same for all. */
const short = (url: string): string => url.replace(/^https?:\/\//, "").replace(/\/$/, "");

/** One app. The whole row leads to it; its link is what the keyboard reaches. */
export function AppRow({ app }: { app: App }) {
  return (
    <tr className="group relative h-10 border-t border-line -outline-offset-2 outline-accent hover:bg-hover has-[[data-row-link]:focus-visible]:bg-hover has-[[data-row-link]:focus-visible]:outline-2">
      <td className="truncate px-2 pl-3">
        <Link href={`/apps/${app.name}`} data-row-link className="font-medium outline-none after:absolute after:inset-0">
          {app.name}
        </Link>
      </td>
      <td className="px-2">
        <StatusDot status={app.state} />
      </td>
      <td className="tabular px-2 text-right text-muted max-[899px]:hidden">{app.routes ?? <span className="text-faint">–</span>}</td>
      <td className="truncate px-2 pl-6 text-muted max-[640px]:hidden">
        <Ago at={app.last_run_at} />
      </td>
      <td className="truncate px-2 text-muted max-[999px]:hidden">
        <Ago at={app.last_request_at} />
      </td>
      <td className="px-2 max-[799px]:hidden">
        <span className="relative z-10 flex items-center">
          <a href={app.url} target="_blank" rel="noopener noreferrer" className="truncate text-muted hover:text-text hover:underline">
            {short(app.url)}
          </a>
          <IconButton
            icon={Copy}
            label={`Copy the URL of ${app.name}`}
            onClick={() => void copyText(app.url, "URL")}
            className="opacity-0 group-hover:opacity-100 focus-visible:opacity-100"
          />
        </span>
      </td>
      <td className="px-2">
        <AppActions app={app} />
      </td>
    </tr>
  );
}
