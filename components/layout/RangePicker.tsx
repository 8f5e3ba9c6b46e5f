'use client';

import { useTranslations } from 'next-intl';
import { useWindow } from '@/components/screen/use-window';
import { Select } from '@/components/ui/Input';
import { parseRange, presetNames } from '@/lib/chart/time-range';
import { useAddress } from '@/lib/client/use-address';

/** The one window of time of the whole console, kept in the address; live unless it is held still. */
export function RangePicker() {
  const t = useTranslations('shell.range');
  const { get, set } = useAddress();
  const window = useWindow();
  const choice = parseRange(get);
  const live = choice.kind === 'live';
  const hold = () =>
    live
      ? set({ range: null, from: String(window.from), to: String(window.to) })
      : set({ range: null, from: null, to: null });
  return (
    <div className="flex items-center gap-1">
      <Select
        aria-label={t('label')}
        className="w-auto"
        value={live ? choice.preset : 'fixed'}
        onChange={({ target }) => set({ range: target.value, from: null, to: null })}
      >
        {!live && (
          <option value="fixed">
            {t('from')} – {t('to')}
          </option>
        )}
        {presetNames.map((name) => (
          <option key={name} value={name}>
            {t(`last.${name}`)}
          </option>
        ))}
      </Select>
      <button
        type="button"
        aria-pressed={live}
        title={live ? t('liveOn') : t('liveOff')}
        onClick={hold}
        className={`h-8 rounded-md border px-2.5 ${live ? 'border-ok text-ok' : 'border-line-strong text-muted'}`}
      >
        {t('live')}
      </button>
    </div>
  );
}
