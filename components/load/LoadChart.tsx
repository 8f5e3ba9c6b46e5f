'use client';

import { useLocale, useTranslations } from 'next-intl';
import { useCallback, useMemo } from 'react';
import { ChartView } from '@/components/chart/ChartView';
import { Legend } from '@/components/chart/Legend';
import { visibleText } from '@/components/statement/sql-tokens';
import { prepareLines } from '@/lib/chart/prepare-lines';
import type { LoadBody } from '@/lib/contract';
import { formatQuantity, type Quantity } from '@/lib/format/quantity';
import type { Locale } from '@/lib/i18n/locale';

const quantity: Quantity = { unit: 'count', perSecond: false };
const height = 260;
/** Cores are drawn once the load comes up to this part of them; before, the line would press the load to the floor. */
const drawnFrom = 0.25;

/** Slices on top of each other; the dashed line is the number of cores. */
export function LoadChart(props: {
  load: LoadBody;
  window: { from: number; to: number };
  nameOf: (key: string | null) => string;
}) {
  const { load, window, nameOf } = props;
  const t = useTranslations('load');
  const locale = useLocale() as Locale;
  const chart = useMemo(() => {
    const others = load.other.slices > 0 ? t('others', { count: load.other.slices }) : null;
    return prepareLines({
      series: [
        ...load.slices.map(({ key, text, points }) => ({
          identity: key ?? '',
          name: visibleText(text ?? nameOf(key)).slice(0, 60),
          points,
        })),
        ...(others ? [{ identity: others, name: others, points: load.other.points }] : []),
      ],
      stepMs: load.step_ms,
      quantity,
      most: 9,
      stacked: true,
    });
  }, [load, nameOf, t]);
  const near = load.cores !== null && (chart.highest ?? 0) >= load.cores * drawnFrom;
  const format = useCallback(
    (value: number | null) => formatQuantity(value, quantity, locale),
    [locale],
  );
  return (
    <figure className="flex min-w-0 flex-col gap-1 rounded-md border border-line bg-raised p-3">
      <figcaption className="flex flex-wrap items-baseline justify-between gap-2">
        <span className="font-medium">{t('chart')}</span>
        <span className="text-[12px] text-muted">
          {load.cores === null
            ? t('coresUnknown')
            : t(near ? 'cores' : 'coresAbove', { cores: load.cores })}
        </span>
      </figcaption>
      <div style={{ height }}>
        {load.average === null ? (
          <p className="grid h-full place-items-center text-muted">{t('nothing')}</p>
        ) : (
          <ChartView
            title={t('chart')}
            chart={chart}
            window={window}
            height={height}
            limit={near ? load.cores : null}
            marks={[]}
          />
        )}
      </div>
      <Legend chart={chart} format={format} />
    </figure>
  );
}
