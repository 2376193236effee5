/** The product's mark. */
export function Mark() {
  return (
    <svg width="14" height="14" viewBox="0 0 16 16" aria-hidden className="shrink-0 text-accent">
      <path d="M8 1.2 14.8 8 8 14.8 1.2 8Z" fill="currentColor" />
    </svg>
  );
}
