import type { ChannelBody, DeliveryBody } from '@/lib/contract';
import type { Db } from './partitions';

/** Channels with the state of their outbox; never a secret. */
export async function readChannels(db: Db, id: number | null = null): Promise<ChannelBody[]> {
  const { rows } = await db.query<ChannelBody & { settings: Record<string, unknown> }>(
    `select c.id::text, c.name, c.kind, c.language, c.settings, c.least_level, c.enabled, c.broken,
            c.secret is not null as secret_stored,
            count(d.id) filter (where d.state = 'waiting')::int as waiting,
            count(d.id) filter (where d.state = 'dead')::int as dead,
            (extract(epoch from max(d.finished_at) filter (where d.state = 'sent')) * 1000)::float8 as last_sent
     from channel c left join delivery d on d.channel_id = c.id
     where $1::int is null or c.id = $1
     group by c.id order by c.name`,
    [id],
  );
  return rows.map(({ settings, ...row }) => ({
    ...row,
    zone: typeof settings.zone === 'string' ? settings.zone : 'UTC',
    allow_private: settings.allow_private === true,
    smtp: (settings.smtp as ChannelBody['smtp'] | undefined) ?? null,
  }));
}

/** Messages with their attempts, newest first. */
export async function readDeliveries(
  db: Db,
  query: { channel?: string | undefined; state?: string | undefined; limit?: number; id?: string },
): Promise<DeliveryBody[]> {
  const { rows } = await db.query(
    `select d.id::text, d.channel_id::text as channel, c.name as channel_name, d.alert_id::text as alert, d.message,
            d.content -> 'says' as says, d.content -> 'instance' ->> 'name' as instance_name, d.state,
            d.created_at, d.finished_at, case when d.state = 'waiting' then d.next_at end as next_at, a.attempts
     from delivery d join channel c on c.id = d.channel_id
     left join lateral (
       select jsonb_agg(jsonb_build_object('at', (extract(epoch from t.at) * 1000)::bigint, 'outcome', t.outcome,
         'status', t.status, 'answer', t.answer, 'duration_ms', t.duration_ms) order by t.id) as attempts
       from (select * from delivery_attempt where delivery_id = d.id order by id desc limit 50) t) a on true
     where ($1::int is null or d.channel_id = $1) and ($2::text is null or d.state = $2)
       and ($4::bigint is null or d.id = $4)
     order by d.id desc limit $3`,
    [query.channel ?? null, query.state ?? null, query.limit ?? 100, query.id ?? null],
  );
  return rows.map((row) => ({
    ...(row as DeliveryBody),
    created_at: row.created_at.getTime(),
    finished_at: row.finished_at?.getTime() ?? null,
    next_at: row.next_at?.getTime() ?? null,
    attempts: row.attempts ?? [],
  }));
}
