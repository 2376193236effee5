import { Link } from "wouter";
import { useTitle } from "@/lib/useTitle";

/** The page for an address that leads nowhere. */
export function NotFound({ title = "There is no such page", detail = "The address may be misspelt, or what it showed is gone." }) {
  useTitle("Not found");
  return (
    <main className="flex h-full flex-col items-center justify-center gap-1 p-6 text-center">
      <h1 className="text-heading font-semibold">{title}</h1>
      <p className="max-w-100 text-muted">{detail}</p>
      <Link href="/" className="mt-3 inline-flex h-7 items-center rounded-control border border-line-strong px-2.5 hover:bg-hover">
        Go to your apps
      </Link>
    </main>
  );
}
