export function RequestPanel({ app }: { app: string }) {
  return <div className="h-full" data-app={app} />;
}
