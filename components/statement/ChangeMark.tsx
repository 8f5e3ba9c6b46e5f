'use client';

import { useFormatter, useTranslations } from 'next-intl';
import type { Change } from './prepare-ranking';

/** More or less than before, as an arrow and a percentage; from twice as much on it is worth a look. */
export function ChangeMark({ change }: { change: Change }) {
  const t = useTranslations('statements');
  const format = useFormatter();
  if (change.kind === 'unknown')
    return (
      <span className="text-muted" title={t('unknownChange')}>
        –<span className="sr-only">{t('unknownChange')}</span>
      </span>
    );
  if (change.kind === 'new')
    return (
      <span className="text-accent" title={t('newHint')}>
        {t('new')}
      </span>
    );
  if (change.kind === 'same') return <span className="text-muted">{t('unchanged')}</span>;
  const much = change.kind === 'more' && change.ratio >= 1;
  const text =
    change.ratio >= 9
      ? `×${format.number(change.ratio + 1, { notation: 'compact', maximumFractionDigits: 0 })}`
      : format.number(change.ratio, { style: 'percent', maximumFractionDigits: 0 });
  return (
    <span
      className={`whitespace-nowrap tabular-nums ${much ? 'text-warning' : 'text-muted'}`}
      title={t('hint.change')}
    >
      <span aria-hidden="true">{change.kind === 'more' ? '▲' : '▼'}</span>
      <span className="sr-only">{change.kind === 'more' ? '+' : '−'}</span> {text}
    </span>
  );
}
