import type { KeyboardEvent } from "react";
import type { App } from "@/api/types";
import { Button, EmptyState, Skeleton } from "@/ui";
import { AppRow } from "./AppRow";
import { focusedRow, focusRow } from "./rows";

const HEAD = "h-8 px-2 text-left text-small font-medium text-faint first:pl-3";

function onKeys(event: KeyboardEvent): void {
  const row = focusedRow();
  if (row < 0) return;
  const target = { ArrowDown: row + 1, ArrowUp: row - 1, Home: 0, End: Number.MAX_SAFE_INTEGER }[event.key];
  if (target === undefined) return;
  event.preventDefault();
  focusRow(target);
}

function Loading() {
  return [0, 1, 2].map((row) => (
    <tr key={row} className="h-10 border-t border-line">
      <td colSpan={7} className="px-3">
        <Skeleton className="h-4 w-full" />
      </td>
    </tr>
  ));
}

interface AppTableProps {
  apps: readonly App[] | undefined;
  search: string;
  onClear: () => void;
}

/** The apps whose names contain what is searched for; `undefined` while they are being fetched. */
export function AppTable({ apps, search, onClear }: AppTableProps) {
  const wanted = search.trim().toLowerCase();
  const shown = apps?.filter((app) => app.name.includes(wanted));
  return (
    <div className="overflow-hidden rounded-card border border-line">
      <table className="w-full table-fixed border-collapse" onKeyDown={onKeys}>
        <thead className="bg-raised">
          <tr>
            <th scope="col" className={HEAD}>Name</th>
            <th scope="col" className={`${HEAD} w-28`}>Status</th>
            <th scope="col" className={`${HEAD} w-18 text-right max-[899px]:hidden`}>Routes</th>
            <th scope="col" className={`${HEAD} w-32 pl-6 max-[640px]:hidden`}>Last run</th>
            <th scope="col" className={`${HEAD} w-32 max-[999px]:hidden`}>Last request</th>
            <th scope="col" className={`${HEAD} w-68 max-[799px]:hidden`}>URL</th>
            <th scope="col" className="w-11">
              <span className="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>{shown === undefined ? <Loading /> : shown.map((app) => <AppRow key={app.id} app={app} />)}</tbody>
      </table>
      {shown?.length === 0 && (
        <EmptyState title={`No app’s name contains “${search.trim()}”`} action={<Button onClick={onClear}>Show all apps</Button>} />
      )}
    </div>
  );
}
