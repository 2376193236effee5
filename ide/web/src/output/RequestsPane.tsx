import { HistoryList } from "@/panel/history/HistoryList";

/** Every request to the app as a dense table, live. */
export function RequestsPane({ app }: { app: string }) {
  return <HistoryList app={app} wide />;
}
