'use client';

import { useTranslations } from 'next-intl';
import { Button } from '@/components/ui/Button';

type Label = { key: string; value: string };

/** Free labels of an instance, a row each. */
export function LabelRows(props: {
  labels: readonly Label[];
  onChange: (labels: Label[]) => void;
}) {
  const t = useTranslations('instances');
  const { labels, onChange } = props;
  const change = (index: number, part: Partial<Label>) =>
    onChange(labels.map((label, at) => (at === index ? { ...label, ...part } : label)));
  const input = 'h-9 min-w-0 rounded-md border border-line-strong bg-sunken px-2.5 text-[13px]';
  return (
    <div className="flex flex-col gap-2">
      <p className="text-[12px] text-muted">{t('form.labelsHint')}</p>
      {labels.map((label, index) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: a row is its position while it is typed
          key={index}
          className="grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)_2.25rem] gap-2"
        >
          <input
            aria-label={t('form.labelKey')}
            placeholder={t('form.labelKey')}
            value={label.key}
            maxLength={63}
            onChange={(event) => change(index, { key: event.target.value })}
            className={input}
          />
          <input
            aria-label={t('form.labelValue')}
            placeholder={t('form.labelValue')}
            value={label.value}
            maxLength={200}
            onChange={(event) => change(index, { value: event.target.value })}
            className={input}
          />
          <button
            type="button"
            aria-label={t('form.removeLabel', { key: label.key })}
            onClick={() => onChange(labels.filter((_, at) => at !== index))}
            className="rounded-md text-muted hover:bg-hover hover:text-text"
          >
            ×
          </button>
        </div>
      ))}
      <Button
        className="w-fit"
        size="small"
        onClick={() => onChange([...labels, { key: '', value: '' }])}
      >
        {t('form.addLabel')}
      </Button>
    </div>
  );
}
