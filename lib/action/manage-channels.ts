import type { z } from 'zod';
import { appendAudit } from '@/lib/auth/audit';
import { HttpError, invalid, notFound } from '@/lib/auth/http-error';
import type { Caller } from '@/lib/auth/require-user';
import type { ChannelBody, ChannelTestBody, channelInput, channelPatch } from '@/lib/contract';
import { AddressError, checkUrl } from '@/lib/notify/address';
import { readPublicKey } from '@/lib/secret/keys';
import { seal } from '@/lib/secret/seal';
import { pool } from '@/lib/storage/pool';
import { readChannels, readDeliveries } from '@/lib/storage/read-channels';

type Who = { caller: Caller; ip: string | null };

/** @throws 409 when the name is taken, 422 for an address messages may not go to */
export async function addChannel(
  input: z.output<typeof channelInput>,
  who: Who,
): Promise<ChannelBody> {
  checkAddress(input.kind, input.url, input.allow_private);
  const settings = {
    ...{ zone: input.zone, allow_private: input.allow_private },
    ...(input.kind === 'email' ? { smtp: input.smtp } : {}),
  };
  const { rows } = await unique(
    pool().query<{ id: number }>(
      `insert into channel (name, kind, language, settings, least_level, enabled)
       values ($1, $2, $3, $4, $5, $6) returning id`,
      [
        ...[input.name, input.kind, input.language, JSON.stringify(settings)],
        ...[input.least_level, input.enabled],
      ],
    ),
  );
  const id = rows[0]?.id ?? 0;
  await storeSecret(id, input.url, input.key);
  await audit(who, 'channel_add', id, { name: input.name, kind: input.kind });
  return one(id);
}

/** A new address needs its key again: a stored key goes only to where it was given for. */
export async function changeChannel(
  id: number,
  patch: z.output<typeof channelPatch>,
  who: Who,
): Promise<ChannelBody> {
  const old = await one(id);
  const allowPrivate = patch.allow_private ?? old.allow_private;
  checkAddress(old.kind, patch.url, allowPrivate);
  const smtp = old.kind === 'email' ? (patch.smtp ?? old.smtp) : null;
  if (smtp?.tls === 'none' && !allowPrivate)
    throw invalid('allow_private', 'is needed for a mail server without TLS');
  const settings = {
    ...{ zone: patch.zone ?? old.zone, allow_private: allowPrivate },
    ...(smtp ? { smtp } : {}),
  };
  // A stored password goes only to the server and for the user that it was given for.
  const moved = smtp !== null && old.smtp !== null && placeOf(smtp) !== placeOf(old.smtp);
  if (moved && smtp.user !== null && patch.key === undefined)
    throw invalid('key', 'must be given again for another server or user');
  await unique(
    pool().query(
      `update channel set name = $2, language = $3, settings = $4, least_level = $5, enabled = $6, broken = null
       where id = $1`,
      [
        ...[id, patch.name ?? old.name, patch.language ?? old.language, JSON.stringify(settings)],
        ...[patch.least_level ?? old.least_level, patch.enabled ?? old.enabled],
      ],
    ),
  );
  if (moved || patch.url !== undefined || patch.key !== undefined) {
    if (['slack', 'webhook'].includes(old.kind) && patch.url === undefined)
      throw invalid('url', 'must be given together with a new key');
    await storeSecret(id, patch.url, patch.key);
  }
  await audit(who, 'channel_change', id, { fields: Object.keys(patch) });
  return one(id);
}

const placeOf = ({ host, port, tls, user }: NonNullable<ChannelBody['smtp']>) =>
  JSON.stringify([host, port, tls, user]);

export async function dropChannel(id: number, who: Who): Promise<void> {
  const { rowCount } = await pool().query('delete from channel where id = $1', [id]);
  if (!rowCount) throw notFound('channel');
  await audit(who, 'channel_delete', id, {});
}

const testWaitMs = 15_000;

/** Puts a test in the outbox and waits for what comes of it. @throws 404; 409 when the channel is switched off */
export async function testChannel(id: number, who: Who): Promise<ChannelTestBody> {
  const channel = await one(id);
  if (!channel.enabled) throw new HttpError(409, 'disabled', 'The channel is switched off.');
  await audit(who, 'channel_test', id, {});
  const { rows } = await pool().query<{ id: string }>(
    `insert into delivery (channel_id, message, content) values ($1, 'test', $2) returning id::text`,
    [id, JSON.stringify({ kind: 'test', by: who.caller.actor })],
  );
  const delivery = rows[0]?.id ?? '';
  for (const end = Date.now() + testWaitMs; ; ) {
    const [seen] = await readDeliveries(pool(), { id: delivery });
    const last = seen?.attempts.at(-1);
    if (seen && (last || Date.now() > end))
      return {
        ok: seen.state === 'sent',
        ...{
          delivery,
          state: seen.state,
          status: last?.status ?? null,
          answer: last?.answer ?? null,
        },
      };
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** @throws 404 when it is not there or was not given up */
export async function replayDelivery(id: number, who: Who): Promise<void> {
  const { rowCount } = await pool().query(
    `update delivery set state = 'waiting', attempts = 0, plain = false, created_at = now(), next_at = now(), finished_at = null
     where id = $1 and state = 'dead'`,
    [id],
  );
  if (!rowCount) throw notFound('delivery that was given up');
  const { actor } = who.caller;
  await appendAudit({ actor, ip: who.ip, action: 'delivery_replay', object: `delivery ${id}` });
}

function checkAddress(kind: string, url: string | undefined, allowPrivate: boolean) {
  if (url === undefined || (kind !== 'slack' && kind !== 'webhook')) return;
  try {
    checkUrl(kind, url, allowPrivate);
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    const messages: Partial<Record<string, string>> = {
      scheme: 'is not https',
      userinfo: 'holds a user name or password',
      host: 'is not an address of hooks.slack.com/services/',
    };
    throw invalid('url', messages[error.refusal] ?? 'is not a web address');
  }
}

async function storeSecret(id: number, url: string | undefined, key: string | undefined) {
  const secret = JSON.stringify({ ...(url ? { url } : {}), ...(key ? { key } : {}) });
  const place = { table: 'channel', row: String(id), column: 'secret' };
  const sealed = seal(await readPublicKey(pool()), secret, place);
  await pool().query('update channel set secret = $2 where id = $1', [id, sealed]);
}

async function unique<T>(query: Promise<T>): Promise<T> {
  try {
    return await query;
  } catch (error) {
    if ((error as { constraint?: string }).constraint === 'channel_name_key')
      throw new HttpError(409, 'name_taken', 'name: is the name of another channel', {
        fields: { name: 'is the name of another channel' },
      });
    throw error;
  }
}

async function one(id: number): Promise<ChannelBody> {
  const [found] = await readChannels(pool(), id);
  if (!found) throw notFound('channel');
  return found;
}

const audit = (who: Who, action: string, id: number, details: Record<string, unknown>) =>
  appendAudit({ actor: who.caller.actor, ip: who.ip, action, object: `channel ${id}`, details });
