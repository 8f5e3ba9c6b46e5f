/** The bodies of the services messages go to. Pure. Slack's limits: docs.slack.dev/reference/block-kit/blocks. */
import type { AlertContent } from '@/lib/alert/message-content';
import { type Content, type Look, lineOf, type Said, sayAlert } from './render';
import { wordsOf } from './words';

/** Our own bounds, well inside Slack's: 20 blocks and 10,000 characters in all. */
const mostText = 9000;
const mostDigestLines = 25;

/** All contents of one sending: one alert's, a digest of several, or what is not of an alert. */
export function say(contents: readonly Content[], look: Look): Said {
  const words = wordsOf(look.language);
  const alerts = contents.filter((one): one is AlertContent => one.kind === 'alert');
  const of = new Set(alerts.map((one) => one.alert));
  if (alerts.length > 0 && of.size === 1) return sayAlert(alerts, look);
  if (alerts.length > 0) {
    // The last word on each alert; what stands first.
    const last = [...new Map(alerts.map((one) => [one.alert, one])).values()];
    last.sort((a, b) => weight(b) - weight(a));
    const lines: string[] = [];
    let size = 0;
    for (const one of last.slice(0, mostDigestLines)) {
      const line = lineOf(one, look).slice(0, 300).toWellFormed();
      // As long as it gets when escaped: room stays for how many are left out.
      size += escapeSlack(line, 1500).length;
      if (size > mostText - 500) break;
      lines.push(line);
    }
    if (last.length > lines.length) lines.push(`+${last.length - lines.length} ${words.more}`);
    return { title: `${last.length} ${words.digest}`, facts: [], paragraphs: lines, links: [] };
  }
  const [first] = contents;
  if (first?.kind === 'broken')
    return {
      title: words.broken,
      facts: [],
      paragraphs: [`${first.channel}: ${first.reason}`],
      links: [],
    };
  return { title: words.test, facts: [], paragraphs: [words.testSays], links: [] };
}

const weight = (one: AlertContent) =>
  (one.message === 'resolved' ? 0 : 2) + (one.level === 'critical' ? 1 : 0);

/** Text from a database may hold anything: control and direction marks go, and Slack's three characters are escaped. */
export function escapeSlack(text: string, most: number): string {
  const plain = plainText(text).replaceAll('`', "'");
  const cut = plain.length > most ? `${plain.slice(0, most - 1).toWellFormed()}…` : plain;
  return cut.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** One line without control characters, zero-width and direction marks, and lone surrogates. */
export function plainText(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
}

/** Slack's Block Kit; `plain` is the smallest form, for when the blocks were refused. */
export function slackBody(said: Said, deliveryId: string, look: Look, plain: boolean): unknown {
  const text = escapeSlack(said.title, 500);
  if (plain) {
    const rest = [...said.facts.map(([name, value]) => `${name}: ${value}`), ...said.paragraphs];
    return {
      text: [text, ...rest.map((line) => escapeSlack(line, 400))].join('\n').slice(0, 4000),
    };
  }
  let left = mostText;
  const take = (value: string, most: number) => {
    const taken = escapeSlack(value, Math.max(1, Math.min(most, left)));
    left -= taken.length;
    return taken;
  };
  const mrkdwn = (value: string) => ({ type: 'mrkdwn', text: value, verbatim: true });
  const blocks: unknown[] = [
    {
      type: 'header',
      text: {
        type: 'plain_text',
        text: plainText(said.title).slice(0, 140).toWellFormed(),
        emoji: false,
      },
    },
  ];
  if (said.facts.length > 0)
    blocks.push({
      type: 'section',
      fields: said.facts
        .slice(0, 10)
        .map(([name, value]) => mrkdwn(`*${name}*\n${take(value, 500)}`)),
    });
  // Lines of a digest share sections: a section holds 3,000 characters.
  let section = '';
  const sections: string[] = [];
  for (const paragraph of said.paragraphs) {
    if (left < 50) break;
    const line = take(paragraph, 1500);
    if (section.length + line.length > 2500) {
      sections.push(section);
      section = '';
    }
    section += `${section ? '\n' : ''}${line}`;
  }
  if (section) sections.push(section);
  for (const one of sections.slice(0, 12)) blocks.push({ type: 'section', text: mrkdwn(one) });
  const links = said.links.slice(0, 4).map(([name, url]) => `<${slackUrl(url)}|${name}>`);
  if (links.length > 0) blocks.push({ type: 'section', text: mrkdwn(links.join(' · ')) });
  const note = `${wordsOf(look.language).delivery} ${deliveryId}`;
  blocks.push({ type: 'context', elements: [mrkdwn(note)] });
  return { text, blocks };
}

const slackUrl = (url: string) =>
  encodeURI(decodeURI(url)).replaceAll('|', '%7C').replaceAll('&', '&amp;').slice(0, 1000);

/** A generic webhook: the facts themselves, with the same words. */
export function webhookBody(said: Said, contents: readonly Content[], deliveryId: string): unknown {
  return {
    version: 1,
    delivery: deliveryId,
    title: plainText(said.title),
    text: said.paragraphs.map(plainText).join('\n'),
    messages: contents,
  };
}

/** PagerDuty Events API v2; one event for each alert, named by the alert itself. */
export function pagerDutyBody(
  said: Said,
  content: Content,
  routingKey: string,
  deliveryId: string,
): unknown {
  const alert = content.kind === 'alert' ? content : null;
  const resolved = alert?.message === 'resolved';
  return {
    routing_key: routingKey,
    event_action: resolved ? 'resolve' : 'trigger',
    dedup_key: `yagura/${alert?.alert ?? deliveryId}`.slice(0, 255),
    ...(resolved
      ? {}
      : {
          payload: {
            summary: plainText(said.title).slice(0, 1024).toWellFormed(),
            source: alert?.instance.name ?? 'yagura',
            severity: alert ? (alert.level ?? 'warning') : 'info',
            component: alert?.cluster.name,
            group: alert?.rule,
            custom_details: { facts: Object.fromEntries(said.facts), delivery: deliveryId },
          },
          links: said.links.map(([text, href]) => ({ text, href })),
        }),
  };
}
