import { createTranslator } from 'next-intl';
import { notFound } from '@/lib/auth/http-error';
import { formatMs } from '@/lib/format/quantity';
import en from '@/lib/i18n/messages/en/incident.json';
import ja from '@/lib/i18n/messages/ja/incident.json';
import { type ReviewWords, reviewMarkdown } from '@/lib/incident/review';
import { pool } from '@/lib/storage/pool';
import { readIncident } from '@/lib/storage/read-incidents';

/** The review of an incident as Markdown; times are in UTC. @throws 404 */
export async function exportReview(id: number, language: 'en' | 'ja'): Promise<string> {
  const incident = await readIncident(pool(), id);
  if (!incident) throw notFound('incident');
  const t = createTranslator({ locale: language, messages: language === 'ja' ? ja : en });
  const words: ReviewWords = {
    word: (key) => t(`review.${key}`),
    phase: (phase) => t(`phase.${phase}`),
    severity: (severity) => t(`severity.${severity}`),
    time: (at) =>
      new Date(at)
        .toISOString()
        .replace('T', ' ')
        .replace(/\.\d+Z$/, ' UTC'),
    duration: (ms) => formatMs(ms, language),
  };
  const mitigation = (what: string) => t(`mitigation.${what.replace('.', '_')}` as never);
  return reviewMarkdown(
    {
      ...incident,
      cluster: incident.cluster?.name ?? null,
      stamps: incident,
      timeline: incident.timeline.map(({ at, actor, kind, what, text, instance }) => ({
        ...{ at, actor },
        text: [
          `${t(`kind.${kind}`)}:`,
          kind === 'phase' ? words.phase(what as never) : '',
          kind === 'mitigation' || kind === 'action' ? mitigation(what) : '',
          kind === 'alert' || kind === 'event' ? what : '',
          text,
          instance ?? '',
        ]
          .filter((part) => part !== '')
          .join(' '),
      })),
    },
    words,
  );
}
