/** What people write after an incident, and the same as a document. Pure. */
import type { Phase, Stamps } from './phases';
import { durationsOf } from './phases';

export type Task = { text: string; owner: string; due: string; done: boolean };
export type Review = {
  /** What happened, in a few sentences; needed before an incident is closed. */
  summary: string;
  /** Who felt it, and how much. */
  impact: string;
  cause: string;
  went_well: string;
  went_badly: string;
  tasks: Task[];
};
export const emptyReview: Review = {
  ...{ summary: '', impact: '', cause: '', went_well: '', went_badly: '', tasks: [] },
};

export type ReviewWords = {
  /** Headings and phases in the reader's language. */
  word(
    key:
      | ('summary' | 'impact' | 'cause' | 'went_well' | 'went_badly' | 'tasks' | 'timeline')
      | ('cluster' | 'severity' | 'phase' | 'opened_by' | 'started' | 'to_detect')
      | ('to_acknowledge' | 'to_recover' | 'unknown' | 'nothing' | 'owner' | 'due'),
  ): string;
  phase(phase: Phase): string;
  severity(severity: 'warning' | 'critical'): string;
  time(at: number): string;
  duration(ms: number): string;
};

export type ReviewDocument = {
  title: string;
  severity: 'warning' | 'critical';
  phase: Phase;
  cluster: string | null;
  opened_by: string;
  stamps: Stamps;
  review: Review;
  timeline: readonly { at: number; actor: string | null; text: string }[];
};

/**
 * Text of people and databases stays text: what Markdown or HTML would act on is escaped, and a line stays one line.
 */
export function plainMarkdown(text: string): string {
  return (
    text
      .replace(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')
      .replace(/[\\`*_{}[\]()#+!|<>~&-]/g, (sign) => `\\${sign}`)
      .replace(/^(\s*\d+)([.)])/gm, '$1\\$2')
      // A bare address would become a link.
      .replace(/:\/\//g, ':\u200b//')
      .replace(/@/g, '@\u200b')
  );
}
const oneLine = (text: string) => plainMarkdown(text.replace(/\s+/g, ' ').trim());
const block = (text: string, otherwise: string) =>
  text.trim() === '' ? `_${otherwise}_` : plainMarkdown(text.trim());

/** The review as a Markdown document. */
export function reviewMarkdown(given: ReviewDocument, words: ReviewWords): string {
  const { word, time } = words;
  const { review, stamps } = given;
  const durations = durationsOf(stamps);
  const took = (ms: number | null) => (ms === null ? word('unknown') : words.duration(ms));
  const facts: [string, string][] = [
    [word('cluster'), given.cluster === null ? word('unknown') : oneLine(given.cluster)],
    [word('severity'), words.severity(given.severity)],
    [word('phase'), words.phase(given.phase)],
    [word('opened_by'), oneLine(given.opened_by)],
    [word('started'), time(stamps.started_at)],
    [word('to_detect'), took(durations.to_detect_ms)],
    [word('to_acknowledge'), took(durations.to_acknowledge_ms)],
    [word('to_recover'), took(durations.to_recover_ms)],
  ];
  const part = (key: 'summary' | 'impact' | 'cause' | 'went_well' | 'went_badly') =>
    `## ${word(key)}\n\n${block(review[key], word('nothing'))}`;
  const tasks = review.tasks.map(
    (task) =>
      `- [${task.done ? 'x' : ' '}] ${oneLine(task.text)} (${word('owner')}: ${oneLine(task.owner)}, ${word('due')}: ${task.due})`,
  );
  const timeline = given.timeline.map(
    ({ at, actor, text }) =>
      `- ${time(at)}: ${oneLine(text)}${actor === null ? '' : ` (${oneLine(actor)})`}`,
  );
  return `${[
    `# ${oneLine(given.title)}`,
    facts.map(([name, value]) => `- ${name}: ${value}`).join('\n'),
    ...(['summary', 'impact', 'cause', 'went_well', 'went_badly'] as const).map(part),
    `## ${word('tasks')}\n\n${tasks.length > 0 ? tasks.join('\n') : `_${word('nothing')}_`}`,
    `## ${word('timeline')}\n\n${timeline.join('\n')}`,
  ].join('\n\n')}\n`;
}
