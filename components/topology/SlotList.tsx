'use client';

/** Replication slots: what each keeps on the disk of its server, and how long that goes well. */
import { useLocale, useTranslations } from 'next-intl';
import { type Status, StatusMark } from '@/components/ui/StatusMark';
import type { ClusterDetailBody } from '@/lib/contract';
import { formatBytes, formatMs } from '@/lib/format/quantity';
import type { Locale } from '@/lib/i18n/locale';

type Slot = ClusterDetailBody['replication']['slots'][number];
const most = 6;
const soonMs = 24 * 3_600_000;

const statusOf = ({ wal_status, active, lost_in_ms }: Slot): Status => {
  if (wal_status === 'lost') return 'critical';
  if (wal_status === 'unreserved') return 'critical';
  if (lost_in_ms !== null && lost_in_ms < soonMs) return 'warning';
  return active ? 'ok' : 'warning';
};

export function SlotList({ cluster }: { cluster: ClusterDetailBody }) {
  const t = useTranslations('cluster');
  const locale = useLocale() as Locale;
  const slots = [...cluster.replication.slots].sort(
    (a, b) => (b.retained_bytes ?? 0) - (a.retained_bytes ?? 0),
  );
  if (slots.length === 0) return null;
  const nameOf = (id: string) => cluster.instances.find((one) => one.id === id)?.name ?? id;
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <h2 className="text-[12px] text-muted">{t('slots')}</h2>
      <ul className="flex flex-col gap-1 text-[13px]">
        {slots.slice(0, most).map((slot) => (
          <li
            key={`${slot.instance} ${slot.name}`}
            className="flex flex-wrap items-center gap-x-2 gap-y-0.5"
          >
            <StatusMark status={statusOf(slot)} silent />
            <bdi className="font-mono">{slot.name}</bdi>
            <span className="text-muted">
              <bdi>{nameOf(slot.instance)}</bdi> ·{' '}
              {slot.wal_status === 'lost'
                ? t('slot.lost')
                : t(slot.active ? 'slot.active' : 'slot.inactive', {
                    bytes: formatBytes(slot.retained_bytes, locale),
                  })}
              {slot.lost_in_ms !== null &&
                ` · ${t('slot.lostIn', { time: formatMs(slot.lost_in_ms, locale) })}`}
            </span>
          </li>
        ))}
      </ul>
      {slots.length > most && (
        <p className="text-[12px] text-muted">{t('slot.more', { count: slots.length - most })}</p>
      )}
    </div>
  );
}
