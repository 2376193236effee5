export function RequestsPane({ app }: { app: string }) {
  return <div className="h-full" data-app={app} />;
}
