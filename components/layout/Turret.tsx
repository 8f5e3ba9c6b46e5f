/** The product's mark: a turret of three storeys. */
export function Turret({ size = 22 }: { size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 32 32"
      fill="none"
      strokeWidth="1.8"
      strokeLinejoin="round"
      strokeLinecap="round"
    >
      <path
        stroke="var(--application)"
        d="M16 2v3M10 9.5q6-1.2 6-4.5 0 3.3 6 4.5zM11.5 9.5v4h9v-4"
      />
      <path stroke="var(--database)" d="M6.5 18q4-1 5-4.5h9q1 3.5 5 4.5zM9 18v4h14v-4" />
      <path
        stroke="var(--infrastructure)"
        d="M3 26.5q4.5-1 6-4.5h14q1.5 3.5 6 4.5zM6.5 26.5v3.5h19v-3.5"
      />
    </svg>
  );
}
