/** The place of something that is being read for the first time; never shown over data. */
export function Skeleton({ className = 'h-4 w-full' }: { className?: string }) {
  return (
    <span
      aria-hidden="true"
      data-skeleton
      className={`block animate-pulse rounded-sm bg-hover ${className}`}
    />
  );
}
