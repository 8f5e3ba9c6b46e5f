/** Empties the outbox. Each channel by itself, one message at a time, so that order is kept and a dead one holds up no other. */
import { setTimeout } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Insight } from '@/lib/alert/insight';
import type { AlertContent } from '@/lib/alert/message-content';
import { type Batch, pickBatch, type Waiting } from './pick-batch';
import type { Content } from './render';
import { type Answer, judge } from './retry';
import { type ChannelSecret, type SendingChannel, send } from './send';

export type DeliverOptions = {
  /** Names this process, to tell whose turn a channel is. */
  owner: string;
  openSecret(channel: { id: number; secret: string | null }): ChannelSecret;
  /** The console's address for links; null when it is not known. */
  baseUrl: string | null;
  log(message: string): void;
  /** What is known of the cause; without it a message says what is in the alert. */
  insight?(content: AlertContent, now: number): Promise<Insight>;
  /** A turn that takes longer is somebody else's: its process is gone. */
  leaseMs?: number;
  timeoutMs?: number;
  /** Slack takes one message a second. */
  gapMs?: number;
};

type Claimed = SendingChannel & { name: string; secret: string | null };

/** One message for each channel that has one due. @returns how many were tried */
export async function deliver(db: Pool, options: DeliverOptions): Promise<number> {
  const { rows } = await db.query<Claimed>(
    `update channel set busy_until = now() + $2 * interval '1 ms', busy_by = $1
     where id in (
       select c.id from channel c
       where c.enabled and c.next_at <= now() and (c.busy_until is null or c.busy_until < now())
         and exists (select from delivery d where d.channel_id = c.id and d.state = 'waiting' and d.next_at <= now())
       for update skip locked)
     returning id, name, kind, language, settings, secret`,
    [options.owner, options.leaseMs ?? 30_000],
  );
  await Promise.all(
    rows.map((channel) =>
      deliverOne(db, channel, options).catch((error: Error) =>
        options.log(`delivery to channel ${channel.id}: ${error.message}`),
      ),
    ),
  );
  return rows.length;
}

async function deliverOne(db: Pool, channel: Claimed, options: DeliverOptions): Promise<void> {
  const { rows } = await db.query<Waiting>(
    `select id::text, alert_id::text as "alertId", message, content, attempts, plain,
            next_at <= now() as due, (extract(epoch from now() - created_at) * 1000)::float8 as "ageMs"
     from delivery where channel_id = $1 and state = 'waiting' order by id limit 1000`,
    [channel.id],
  );
  const batch = pickBatch(rows, channel.kind !== 'pagerduty');
  if (!batch) return release(db, channel, options, 0);
  const started = Date.now();
  const answer = await attempt(channel, batch, options);
  await settle(db, channel, batch, answer, Date.now() - started, options);
}

async function attempt(channel: Claimed, batch: Batch, options: DeliverOptions): Promise<Answer> {
  let secret: ChannelSecret;
  try {
    secret = options.openSecret(channel);
  } catch {
    const text = 'refused here: the stored secret cannot be opened';
    return { kind: 'status', status: 403, retryAfter: null, text };
  }
  const { list, plain } = batch;
  const contents = list.map((one) => one.content);
  const sending = { contents, plain, deliveryId: `D${list[0]?.id}` };
  const insight = await insightOf(contents, options);
  return send(channel, secret, sending, {
    ...{ baseUrl: options.baseUrl, now: Date.now(), insight },
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  });
}

/** A message is never held up longer than this by the search for its cause. */
const insightMs = 3000;

/** Of one alert that begins or goes on; a digest and an end are told without. */
async function insightOf(contents: readonly Content[], options: DeliverOptions) {
  const alerts = contents.filter((one) => one.kind === 'alert');
  const last = alerts.at(-1);
  const one = new Set(alerts.map(({ alert }) => alert)).size === 1;
  if (!last || !one || last.message === 'resolved' || !options.insight) return null;
  const enough = new AbortController();
  const late = setTimeout(insightMs, null, { signal: enough.signal }).catch(() => null);
  const found = options.insight(last, Date.now()).catch(() => null);
  return Promise.race([found, late]).finally(() => enough.abort());
}

/** What came of it, in one transaction: the attempt, the state of each message, and the channel's turn. */
async function settle(
  db: Pool,
  channel: Claimed,
  batch: Batch,
  answer: Answer,
  durationMs: number,
  options: DeliverOptions,
): Promise<void> {
  const verdict = judge(answer, batch, Math.random());
  const ids = batch.list.map((one) => one.id);
  const outcome =
    verdict.kind === 'later' && answer.kind === 'failed' && answer.ambiguous
      ? 'ambiguous'
      : verdict.kind;
  const said = answer.kind === 'status' ? answer.text : answer.reason;
  const text = said.replace(/[^\x20-\x7e]/g, ' ').slice(0, 200);
  const client = await db.connect();
  let failed: Error | undefined;
  try {
    await client.query('begin');
    await client.query(
      `insert into delivery_attempt (delivery_id, outcome, status, answer, duration_ms)
       select id, $2, $3, $4, $5 from unnest($1::bigint[]) id`,
      [ids, outcome, answer.kind === 'status' ? answer.status : null, text, durationMs],
    );
    if (verdict.kind === 'sent' || verdict.kind === 'dead')
      await client.query(
        'update delivery set state = $2, finished_at = now(), attempts = attempts + 1 where id = any($1)',
        [ids, verdict.kind],
      );
    else
      await client.query(
        `update delivery set next_at = now() + $2 * interval '1 ms', attempts = attempts + $3, plain = plain or $4
         where id = any($1)`,
        [
          ids,
          verdict.kind === 'later' ? verdict.waitMs : 0,
          verdict.kind === 'later' && verdict.counted ? 1 : 0,
          verdict.kind === 'plain',
        ],
      );
    if (verdict.kind === 'sent')
      await client.query('update channel set broken = null where id = $1', [channel.id]);
    if (verdict.kind === 'dead' && verdict.channelBroken) {
      const broken = { reason: text, at: Date.now() };
      const { rowCount } = await client.query(
        'update channel set broken = $2 where id = $1 and broken is null',
        [channel.id, JSON.stringify(broken)],
      );
      if (rowCount === 1 && batch.list.some((one) => one.message !== 'broken'))
        await client.query(
          `insert into delivery (channel_id, message, content)
           select id, 'broken', $2 from channel where enabled and id <> $1 and broken is null`,
          [channel.id, JSON.stringify({ kind: 'broken', channel: channel.name, reason: text })],
        );
    }
    await client.query('commit');
  } catch (error) {
    failed = error as Error;
    throw error;
  } finally {
    client.release(failed);
  }
  const asked = verdict.kind === 'later' && !verdict.counted ? verdict.waitMs : 0;
  await release(db, channel, options, Math.max(asked, options.gapMs ?? 1000));
}

async function release(db: Pool, channel: Claimed, options: DeliverOptions, waitMs: number) {
  await db.query(
    `update channel set busy_until = null, busy_by = null, next_at = now() + $3 * interval '1 ms'
     where id = $1 and busy_by = $2`,
    [channel.id, options.owner, waitMs],
  );
}
