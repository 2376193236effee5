export function FilesPane({ app }: { app: string }) {
  return <div className="h-full" data-app={app} />;
}
