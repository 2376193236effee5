import { type SubmitEvent, useId, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { explain } from "@/api/problem";
import { signIn } from "@/api/session";
import { queryClient } from "@/app/queryClient";
import { nextPage } from "@/app/signedOut";
import { useTitle } from "@/lib/useTitle";
import { Button, Input } from "@/ui";
import { Mark } from "@/ui/Mark";
import { tokenOf } from "./token";

/** What the server said against the token of a link that was opened: it sends such visits here with `?error=`. */
function linkError(search: string): { title: string; detail: string } | null {
  const type = new URLSearchParams(search).get("error");
  if (type === null) return null;
  if (type.endsWith("too-many-attempts")) return { title: "Too many wrong tokens", detail: "Wait a minute, then try again." };
  return {
    title: "The link’s token is wrong",
    detail: "Podium may have been started with another token since. Copy the link from its terminal again.",
  };
}

/** Signing in with the token of the link that `podium up` prints. */
export function SignInPage() {
  useTitle("Sign in");
  const [, navigate] = useLocation();
  const search = useSearch();
  const [text, setText] = useState("");
  const [error, setError] = useState(() => linkError(search));
  const [isBusy, setBusy] = useState(false);
  const id = useId();

  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    try {
      await signIn(tokenOf(text));
      queryClient.clear();
      navigate(nextPage(search), { replace: true });
    } catch (problem) {
      setError(explain(problem));
      setBusy(false);
    }
  };

  return (
    <main className="flex h-full flex-col items-center overflow-y-auto px-4 pt-[18vh]">
      <form onSubmit={(event) => void submit(event)} className="w-full max-w-90 rounded-card border border-line bg-raised p-5">
        <h1 className="flex items-center gap-2 text-heading font-semibold">
          <Mark /> Sign in to Podium
        </h1>
        <p className="mt-2 text-muted">
          Open the link that <code className="text-text">podium up</code> printed in its terminal, or paste the link or its token here.
        </p>
        <label htmlFor={id} className="mt-4 mb-1 block font-medium">
          Token
        </label>
        <Input
          id={id}
          name="token"
          type="password"
          required
          autoFocus
          value={text}
          aria-invalid={error !== null}
          aria-describedby={error === null ? undefined : `${id}-error`}
          onChange={(event) => {
            setText(event.target.value);
            setError(null);
          }}
          className="h-8 w-full"
        />
        <Button type="submit" variant="primary" disabled={isBusy || text.trim() === ""} className="mt-3 h-8 w-full">
          {isBusy ? "Signing in…" : "Sign in"}
        </Button>
        <div id={`${id}-error`} role="alert">
          {error !== null && (
            <>
              <p className="pt-3 text-failed">{error.title}</p>
              <p className="text-muted">{error.detail}</p>
            </>
          )}
        </div>
      </form>
    </main>
  );
}
