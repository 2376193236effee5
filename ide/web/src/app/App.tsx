import { QueryClientProvider } from "@tanstack/react-query";
import { Suspense } from "react";
import { Route, Switch } from "wouter";
import { AppCommands } from "./AppCommands";
import { Arriving } from "./Arriving";
import { ErrorBoundary } from "./ErrorBoundary";
import { NotFound } from "./NotFound";
import { Overlays } from "./Overlays";
import { AppsPage, SignInPage, WorkspacePage } from "./pages";
import { queryClient } from "./queryClient";

/** What every page begins with, while its code is on its way: nothing jumps when it arrives. */
function PageFrame() {
  return <div className="h-(--height-topbar) border-b border-line bg-raised" />;
}

/** The whole front end: three pages, and what they share. */
export function App() {
  return (
    <ErrorBoundary>
      <QueryClientProvider client={queryClient}>
        <AppCommands />
        <Suspense
          fallback={
            <Arriving part="page">
              <PageFrame />
            </Arriving>
          }
        >
          <Switch>
            <Route path="/" component={AppsPage} />
            <Route path="/signin" component={SignInPage} />
            <Route path="/apps/:name">{({ name }) => <WorkspacePage key={name} name={name} />}</Route>
            <Route>
              <NotFound />
            </Route>
          </Switch>
        </Suspense>
        <Overlays />
      </QueryClientProvider>
    </ErrorBoundary>
  );
}
