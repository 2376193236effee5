import { QueryClient } from "@tanstack/react-query";
import { ApiProblem, UNREACHABLE } from "@/api/problem";

/** Errors that time may heal are asked again; the server's other answers are final. */
function mayHeal(error: Error): boolean {
  return error instanceof ApiProblem && (error.type === UNREACHABLE || error.status === 503);
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (failures, error) => failures < 3 && mayHeal(error),
      retryDelay: (attempt) => Math.min(4_000, 300 * 2 ** attempt),
      refetchOnWindowFocus: true,
    },
  },
});
