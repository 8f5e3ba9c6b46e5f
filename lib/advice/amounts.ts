/** Figures inside sentences of advice. */
import { formatBytes, formatMs, formatRatio } from '@/lib/format/quantity';

export const bytesText = (bytes: number | null): string => formatBytes(bytes, 'en');
export const msText = (ms: number | null): string => formatMs(ms, 'en');
export const shareText = (share: number | null): string => formatRatio(share, 'en');
export const countText = (count: number): string => Math.round(count).toLocaleString('en-US');
/** How long: in days from one day on, else in hours and minutes. */
export function periodText(ms: number): { en: string; ja: string } {
  if (ms >= 86_400_000) {
    const days = (ms / 86_400_000).toFixed(1);
    return { en: `${days} days`, ja: `${days} 日間` };
  }
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return hours === 0
    ? { en: `${rest} min`, ja: `${rest} 分間` }
    : { en: `${hours} h ${rest} min`, ja: `${hours} 時間 ${rest} 分` };
}
/** Day and hour, UTC. */
export const dayText = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
/** Changes per second; small rates keep two digits. */
export const rateText = (perSecond: number): string =>
  `${perSecond >= 100 ? Math.round(perSecond).toLocaleString('en-US') : Number(perSecond.toPrecision(2))}/s`;

/** Labels of evidence that several rules use. */
export const labels = {
  size: { en: 'Size', ja: 'サイズ' },
  table_rows: { en: 'Rows of the table', ja: 'テーブルの行数' },
  scans_on: (instance: string) => ({
    en: `Scans on ${instance}`,
    ja: `${instance} でのスキャン回数`,
  }),
  counted_since: { en: 'Counted since', ja: '集計開始' },
  writes: { en: 'Writes on the table', ja: 'テーブルへの書き込み' },
  definition: { en: 'Definition', ja: '定義' },
  kept: { en: 'Index that stays', ja: '残すインデックス' },
} as const;
