'use client';

import { useLocale, useTimeZone, useTranslations } from 'next-intl';
import { useWindow } from '@/components/screen/use-window';
import { Icon } from '@/components/ui/Icon';
import { Select } from '@/components/ui/Input';
import { parseRange, presetNames, rangeParams, zoomOut } from '@/lib/chart/time-range';
import { useAddress } from '@/lib/client/use-address';
import { formatShort } from '@/lib/format/time';
import type { Locale } from '@/lib/i18n/locale';

/** The one window of time of the whole console, kept in the address; live unless it is held still. */
export function RangePicker() {
  const t = useTranslations('shell.range');
  const locale = useLocale() as Locale;
  const zone = useTimeZone() ?? 'UTC';
  const { get, set } = useAddress();
  const window = useWindow();
  const choice = parseRange(get);
  const live = choice.kind === 'live';
  const moment = (at: number) => formatShort(at, Date.now(), locale, zone);
  const hold = () =>
    live
      ? set({ range: null, from: String(window.from), to: String(window.to) })
      : set({ range: null, from: null, to: null });
  return (
    <div className="flex min-w-0 items-center gap-1">
      <Select
        aria-label={t('label')}
        className="w-auto min-w-0 max-sm:h-11 max-sm:shrink"
        value={live ? choice.preset : 'fixed'}
        onChange={({ target }) => set({ range: target.value, from: null, to: null })}
      >
        {!live && (
          <option value="fixed">
            {t('fixed', { from: moment(window.from), to: moment(window.to) })}
          </option>
        )}
        {presetNames.map((name) => (
          <option key={name} value={name}>
            {t(`last.${name}`)}
          </option>
        ))}
      </Select>
      {!live && (
        <button
          type="button"
          title={t('zoomOut')}
          aria-label={t('zoomOut')}
          onClick={() => set({ range: null, ...rangeParams(zoomOut(window, Date.now())) }, 'push')}
          className="h-8 rounded-md border border-line-strong px-2 text-muted hover:bg-hover max-sm:size-11 max-sm:shrink-0"
        >
          <Icon name="widen" />
        </button>
      )}
      <button
        type="button"
        aria-pressed={live}
        title={live ? t('liveOn') : t('liveOff')}
        onClick={hold}
        className={`h-8 rounded-md border px-2.5 max-sm:h-11 max-sm:min-w-11 max-sm:shrink-0 ${live ? 'border-ok text-ok' : 'border-line-strong text-muted'}`}
      >
        {t('live')}
      </button>
    </div>
  );
}
