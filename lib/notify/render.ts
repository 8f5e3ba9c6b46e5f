/** What a message says, before it takes the form of a channel. Pure. */

import type { Insight } from '@/lib/alert/insight';
import type { AlertContent } from '@/lib/alert/message-content';
import { formatQuantity } from '@/lib/format/quantity';
import { formatMoment } from '@/lib/format/time';
import type { Locale } from '@/lib/i18n/locale';
import { type Words, wordsOf } from './words';

export type Content =
  | AlertContent
  | { kind: 'test'; by: string }
  | { kind: 'broken'; channel: string; reason: string };

export type Look = {
  language: Locale;
  zone: string;
  baseUrl: string | null;
  now: number;
  /** Of the one alert that is told; absent in a digest. */
  insight?: Insight | null;
};

export type Said = {
  title: string;
  /** Name and value, in the order of importance. */
  facts: [string, string][];
  paragraphs: string[];
  links: [string, string][];
};

const lateMs = 60_000;

/** One message, or several of one alert that waited together: then what happened meanwhile is said as one. */
export function sayAlert(list: readonly AlertContent[], look: Look): Said {
  const words = wordsOf(look.language);
  const last = list[list.length - 1] as AlertContent;
  const first = list[0] as AlertContent;
  const moment = (at: number) => formatMoment(at, look.language, look.zone);
  const facts: Said['facts'] = [
    [words.where, whereOf(last)],
    [words.value, amount(last, last.value, look)],
  ];
  if (last.threshold !== null) {
    const sign = last.direction === 'above' ? '>' : '<';
    facts.push([words.threshold, `${sign} ${amount(last, last.threshold, look)}`]);
  }
  if (last.fired_at !== null) facts.push([words.since, moment(last.fired_at)]);
  const paragraphs: string[] = [];
  if (last.message === 'resolved') {
    if (last.fired_at !== null)
      facts.push([words.lasted, spanOf((last.resolved_at ?? last.at) - last.fired_at, look)]);
    if (last.peak !== null) facts.push([words.peak, amount(last, last.peak, look)]);
    const reason = words[last.reason as keyof Words];
    if (typeof reason === 'string') paragraphs.push(reason);
  } else {
    if (look.insight?.layer) facts.push([words.layer, layerOf(look.insight.layer, words)]);
    const causes = causesOf(look.insight ?? null, words, look);
    if (causes.length > 0) paragraphs.push(`${words.cause}: ${causes.join(' · ')}`);
    if (last.fix[look.language]) paragraphs.push(`${words.fix}: ${last.fix[look.language]}`);
  }
  if (list.length > 1 || look.now - first.at > lateMs) {
    const steps = list.map((one) => `${words[one.message]} ${moment(one.at)}`);
    paragraphs.push(`${words.late}: ${steps.slice(-10).join(' → ')}`);
  }
  return {
    title: titleOf(last, words, look),
    facts,
    paragraphs,
    links: linksOf(last, look, words),
  };
}

/** One line for an alert in a digest. */
export function lineOf(content: AlertContent, look: Look): string {
  const words = wordsOf(look.language);
  const value = amount(content, content.value, look);
  return `${titleOf(content, words, look)} ${whereOf(content)} · ${value}`;
}

export function titleOf(content: AlertContent, words: Words, look: Look): string {
  const level = words[content.level ?? 'warning'];
  return `[${level} · ${words[content.message]}] ${content.says[look.language]} (${content.instance.name})`;
}

function layerOf({ state, first }: NonNullable<Insight['layer']>, words: Words): string {
  if (first !== null) return words[first];
  return state === 'calm' || state === 'recovered' ? words.calm : words.unclear;
}

const longestStatement = 300;

/** What holds others up first, then what is waited for, then what changed. */
function causesOf(insight: Insight | null, words: Words, look: Look): string[] {
  const { blocker, wait, statement } = insight ?? { blocker: null, wait: null, statement: null };
  const causes: string[] = [];
  if (blocker) causes.push(words.blocker(blocker.pid, blocker.waiting));
  if (wait) causes.push(words.wait(wait.name, wait.sessions));
  if (statement) {
    const { text: whole, ratio } = statement;
    const text =
      whole.length > longestStatement
        ? `${whole.slice(0, longestStatement).toWellFormed()}…`
        : whole;
    const times = new Intl.NumberFormat(look.language, { maximumSignificantDigits: 2 });
    const known = statement.state === 'slower' && ratio !== null;
    causes.push(known ? words.slower(`×${times.format(ratio)}`, text) : words.appeared(text));
  }
  return causes;
}

function whereOf({ cluster, instance, labels }: AlertContent): string {
  const named = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const role = instance.role === 'unknown' ? '' : ` (${instance.role})`;
  return [`${cluster.name} / ${instance.name}${role}`, ...named].join(', ');
}

function amount(content: AlertContent, value: number | null, look: Look): string {
  const { unit, per_second: perSecond } = content;
  return formatQuantity(value, { unit, perSecond }, look.language);
}

function spanOf(ms: number, look: Look): string {
  return formatQuantity(Math.max(ms, 0), { unit: 'ms' }, look.language);
}

function linksOf(content: AlertContent, look: Look, words: Words): [string, string][] {
  const links: [string, string][] = [];
  if (look.baseUrl && content.cluster.id) {
    const from = (content.fired_at ?? content.at) - 30 * 60_000;
    const to = (content.resolved_at ?? content.at) + 10 * 60_000;
    const url = new URL(`/clusters/${encodeURIComponent(content.cluster.id)}`, look.baseUrl);
    url.searchParams.set('from', String(from));
    url.searchParams.set('to', String(to));
    links.push([words.open, url.href]);
    if (content.alert !== null && content.message !== 'resolved')
      links.push([words.handle, new URL(`/alerts#alert-${content.alert}`, look.baseUrl).href]);
  }
  if (content.runbook) links.push([words.runbook, content.runbook]);
  return links;
}
