export function AppsPage() {
  return <main />;
}
