'use client';

import { useLocale, useTimeZone, useTranslations } from 'next-intl';
import { type PointerEvent, useState } from 'react';
import { sparkPath } from '@/lib/chart/prepare-ticks';
import type { StatementDetailBody } from '@/lib/contract';
import { formatQuantity, type Quantity } from '@/lib/format/quantity';
import { formatClock } from '@/lib/format/time';
import type { Locale } from '@/lib/i18n/locale';

type Point = StatementDetailBody['series']['points'][number];

const CHARTS: readonly {
  title: 'calls' | 'mean' | 'total' | 'rows' | 'blocks';
  of: (point: Point) => number | null;
  quantity: Quantity;
}[] = [
  { title: 'mean', of: (p) => p.mean_ms, quantity: { unit: 'ms' } },
  { title: 'calls', of: (p) => p.calls_per_s, quantity: { unit: 'count', perSecond: true } },
  { title: 'total', of: (p) => p.total_ms_per_s, quantity: { unit: 'ms', perSecond: true } },
  { title: 'rows', of: (p) => p.rows_per_s, quantity: { unit: 'count', perSecond: true } },
  {
    title: 'blocks',
    of: (p) => p.blocks_read_per_s,
    quantity: { unit: 'blocks', perSecond: true },
  },
];

type StatementChartsProps = {
  series: StatementDetailBody['series'];
  window: { from: number; to: number };
};

/** What the statement did over the window: one small chart per figure, one crosshair for all. Gaps stay gaps. */
export function StatementCharts({ series, window }: StatementChartsProps) {
  const t = useTranslations('statement.chart');
  const locale = useLocale() as Locale;
  const zone = useTimeZone() ?? 'UTC';
  const [at, setAt] = useState<number | null>(null);
  const points = series.points;
  const known = points.length > 0;
  const index = at === null ? null : Math.round(at * (points.length - 1));
  const chosen = index === null ? null : (points[index] ?? null);

  function onMove(event: PointerEvent<SVGSVGElement>) {
    const box = event.currentTarget.getBoundingClientRect();
    setAt(Math.min(1, Math.max(0, (event.clientX - box.left) / Math.max(1, box.width))));
  }

  return (
    <section className="rounded-md border border-line bg-raised p-4">
      <div className="mb-3 flex items-baseline justify-between gap-3">
        <h2 className="font-semibold text-[14px]">{t('title')}</h2>
        <span className="text-[12px] text-muted tabular-nums">
          {chosen
            ? formatClock(chosen.at, locale, zone, true)
            : `${formatClock(window.from, locale, zone)} – ${formatClock(window.to, locale, zone)}`}
        </span>
      </div>
      {!known && <p className="text-muted">{t('empty')}</p>}
      {known && (
        <div className="grid gap-x-6 gap-y-4 sm:grid-cols-2 2xl:grid-cols-3">
          {CHARTS.map(({ title, of, quantity }) => {
            const values = points.map(of);
            const highest = values.reduce<number | null>(
              (top, value) => (value === null ? top : Math.max(top ?? value, value)),
              null,
            );
            const last = values.findLast((value) => value !== null) ?? null;
            const shown = chosen ? of(chosen) : last;
            return (
              <figure key={title} className="min-w-0">
                <figcaption className="flex items-baseline justify-between gap-2 text-[12px]">
                  <span className="text-muted">{t(title)}</span>
                  <span className="font-medium tabular-nums">
                    {formatQuantity(shown, quantity, locale)}
                  </span>
                </figcaption>
                <svg
                  role="img"
                  aria-label={`${t(title)}: ${formatQuantity(last, quantity, locale)}`}
                  viewBox="0 0 100 60"
                  preserveAspectRatio="none"
                  onPointerMove={onMove}
                  onPointerLeave={() => setAt(null)}
                  className="mt-1 block h-24 w-full touch-pan-y border-line-strong border-b"
                >
                  {[0.25, 0.5, 0.75].map((part) => (
                    <path
                      key={part}
                      d={`M0 ${60 * part}H100`}
                      stroke="var(--line)"
                      vectorEffect="non-scaling-stroke"
                    />
                  ))}
                  <path
                    d={sparkPath(values, 100, 58)}
                    transform="translate(0 1)"
                    fill="none"
                    stroke="var(--chart-1)"
                    strokeWidth="1.5"
                    vectorEffect="non-scaling-stroke"
                    strokeLinejoin="round"
                  />
                  {at !== null && index !== null && (
                    <path
                      d={`M${(100 * index) / Math.max(1, points.length - 1)} 0V60`}
                      stroke="var(--muted)"
                      vectorEffect="non-scaling-stroke"
                    />
                  )}
                </svg>
                <p className="flex justify-between pt-0.5 text-[11px] text-muted tabular-nums">
                  <span>{formatClock(points[0]?.at ?? window.from, locale, zone)}</span>
                  <span>↑ {formatQuantity(highest, quantity, locale)}</span>
                  <span>{formatClock(points.at(-1)?.at ?? window.to, locale, zone)}</span>
                </p>
              </figure>
            );
          })}
        </div>
      )}
    </section>
  );
}
