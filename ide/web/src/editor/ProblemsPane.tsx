export function ProblemsPane({ app }: { app: string }) {
  return <div className="h-full" data-app={app} />;
}
