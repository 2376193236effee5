import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import { api } from "@/api/client";
import type { RequestSummary } from "@/api/types";
import { useLive } from "@/state/live";
import { mergeHistory, PAGE_SIZE } from "./merge";

async function page(app: string, cursor: string | null, signal: AbortSignal) {
  const query = { limit: PAGE_SIZE, ...(cursor !== null && { cursor }) };
  const { data } = await api.GET("/api/v1/apps/{app}/requests", { signal, params: { path: { app }, query } });
  return data ?? { requests: [], next: null };
}

export interface History {
  rows: readonly RequestSummary[];
  isLoading: boolean;
  error: Error | null;
  retry: () => void;
  /** Asks for older ones, where there are any. */
  more: () => void;
  hasMore: boolean;
}

/** The requests of an app, newest first: stored pages, kept up to date by its events. */
export function useHistory(app: string): History {
  const live = useLive((state) => state.requests);
  const isOpen = useLive((state) => state.connection === "open");
  const query = useInfiniteQuery({
    queryKey: ["requests", app],
    queryFn: ({ pageParam, signal }) => page(app, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    staleTime: Infinity,
  });
  const { refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = query;
  const wasOpen = useRef(isOpen);
  useEffect(() => {
    // Events that were missed for good, because the server started anew meanwhile, are in the store.
    if (isOpen && !wasOpen.current) void refetch();
    wasOpen.current = isOpen;
  }, [isOpen, refetch]);
  const rows = useMemo(() => mergeHistory((query.data?.pages ?? []).map((one) => one.requests), live), [query.data, live]);
  return {
    rows,
    isLoading: query.isPending,
    error: rows.length === 0 ? query.error : null,
    retry: () => void refetch(),
    more: () => {
      if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
    },
    hasMore: hasNextPage,
  };
}
