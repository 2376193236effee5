import { Component, type ErrorInfo, type ReactNode } from "react";
import { Button } from "@/ui";

interface Props {
  children: ReactNode;
  /** The part of the screen that failed, as its user knows it. */
  part?: string;
}

/** Keeps an error inside its part of the screen, and says what to do. */
export class ErrorBoundary extends Component<Props, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error };
  }

  override componentDidCatch(error: Error, info: ErrorInfo): void {
    console.error(error, info.componentStack);
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    const part = this.props.part ?? "page";
    return (
      <div role="alert" className="flex h-full flex-col items-center justify-center gap-1 p-6 text-center">
        <h1 className="text-heading font-semibold">This {part} stopped working</h1>
        <p className="max-w-110 text-muted">
          An error in Podium’s own code ended it. Your edits are stored. Try again; if it comes back, reload the page.
        </p>
        <pre className="mt-2 max-w-full overflow-x-auto rounded-control bg-sunken px-3 py-2 text-left text-small text-muted">{error.message}</pre>
        <div className="mt-3 flex gap-2">
          <Button onClick={() => this.setState({ error: null })}>Try again</Button>
          <Button onClick={() => location.reload()}>Reload the page</Button>
        </div>
      </div>
    );
  }
}
