/** Gives a batch its channel's form and sends it. Server only. */
import { createHmac } from 'node:crypto';
import type { Insight } from '@/lib/alert/insight';
import type { Locale } from '@/lib/i18n/locale';
import { AddressError, checkUrl } from './address';
import { type MailServer, sendMail } from './email';
import { pagerDutyBody, say, slackBody, webhookBody } from './forms';
import { post } from './post';
import type { Content } from './render';
import type { Answer } from './retry';

export type ChannelKind = 'slack' | 'webhook' | 'pagerduty' | 'email';
export type ChannelSettings = {
  /** IANA zone of the times in messages. */
  zone?: string;
  /** An address inside the network, or without TLS: only when an administrator said so. */
  allow_private?: boolean;
  /** Of e-mail; its password is the sealed key. */
  smtp?: MailServer;
};
export type SendingChannel = {
  id: number;
  kind: ChannelKind;
  language: Locale;
  settings: ChannelSettings;
};
/** What is sealed of a channel: where it goes, and the key that signs. */
export type ChannelSecret = { url?: string; key?: string };

const pagerDutyUrl = 'https://events.pagerduty.com/v2/enqueue';

export async function send(
  channel: SendingChannel,
  secret: ChannelSecret,
  batch: { contents: Content[]; deliveryId: string; plain: boolean },
  options: { baseUrl: string | null; now: number; timeoutMs?: number; insight?: Insight | null },
): Promise<Answer> {
  const look = {
    ...{ language: channel.language, zone: channel.settings.zone ?? 'UTC' },
    ...{ baseUrl: options.baseUrl, now: options.now, insight: options.insight ?? null },
  };
  const { contents, deliveryId, plain } = batch;
  const said = say(contents, look);
  const allowPrivate = channel.settings.allow_private === true;
  const given = {
    allowPrivate,
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  };
  try {
    switch (channel.kind) {
      case 'slack': {
        const url = checkUrl('slack', secret.url ?? '', allowPrivate);
        return await post(url, JSON.stringify(slackBody(said, deliveryId, look, plain)), given);
      }
      case 'webhook': {
        const url = checkUrl('webhook', secret.url ?? '', allowPrivate);
        const body = JSON.stringify(webhookBody(said, contents, deliveryId));
        return await post(url, body, {
          ...given,
          headers: signature(secret.key ?? '', body, options.now, deliveryId),
        });
      }
      case 'pagerduty': {
        const [content] = contents;
        if (!content) return refusedHere('empty');
        const url = new URL(allowPrivate && secret.url ? secret.url : pagerDutyUrl);
        const body = pagerDutyBody(said, content, secret.key ?? '', deliveryId);
        return await post(url, JSON.stringify(body), given);
      }
      case 'email': {
        const { smtp } = channel.settings;
        if (!smtp) return refusedHere('no mail server');
        return await sendMail(smtp, said, { ...given, password: secret.key ?? '', deliveryId });
      }
      default:
        return refusedHere('kind');
    }
  } catch (error) {
    if (error instanceof AddressError) return refusedHere(error.refusal);
    throw error;
  }
}

/** Not sent at all: trying again would not help. */
const refusedHere = (reason: string): Answer => ({
  ...{ kind: 'status', status: 403, retryAfter: null, text: `refused here: ${reason}` },
});

/** `X-Yagura-Signature: t=<epoch s>,v1=<hex>`, HMAC-SHA256 over `<t>.<body>`, so that an old body cannot be sent again. */
export function signature(
  key: string,
  body: string,
  now: number,
  deliveryId: string,
): Record<string, string> {
  const t = Math.floor(now / 1000);
  const mac = createHmac('sha256', key).update(`${t}.${body}`).digest('hex');
  return { 'x-yagura-signature': `t=${t},v1=${mac}`, 'x-yagura-delivery': deliveryId };
}
