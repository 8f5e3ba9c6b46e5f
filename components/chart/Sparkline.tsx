import { sparkPath } from '@/lib/chart/prepare-ticks';

/** A trend without axes, for a table's cell; says nothing by itself, the figures stand beside it. */
export function Sparkline({ values }: { values: readonly (number | null)[] }) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 100 20"
      preserveAspectRatio="none"
      className="block h-full w-full overflow-visible"
    >
      <path
        d={sparkPath(values, 100, 18)}
        transform="translate(0 1)"
        fill="none"
        stroke="var(--chart-1)"
        strokeWidth="1.25"
        vectorEffect="non-scaling-stroke"
        strokeLinejoin="round"
      />
    </svg>
  );
}
