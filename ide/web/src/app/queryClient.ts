import { MutationCache, QueryClient } from "@tanstack/react-query";
import { ApiProblem, UNREACHABLE } from "@/api/problem";
import { toast } from "@/ui/toast";

/** Errors that time may heal are asked again; the server's other answers are final. */
function mayHeal(error: Error): boolean {
  return error instanceof ApiProblem && (error.type === UNREACHABLE || error.status === 503);
}

const isSignedOut = (error: Error): boolean => error instanceof ApiProblem && error.status === 401;

export const queryClient = new QueryClient({
  mutationCache: new MutationCache({
    onError: (error, _variables, _result, mutation) => {
      // A form with `quiet` says its errors itself, beside the field.
      if (!isSignedOut(error) && mutation.meta?.["quiet"] !== true) toast.error(error);
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (failures, error) => failures < 3 && mayHeal(error),
      retryDelay: (attempt) => Math.min(4_000, 300 * 2 ** attempt),
    },
    mutations: { networkMode: "always" },
  },
});
