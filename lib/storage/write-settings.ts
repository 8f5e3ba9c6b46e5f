import type { Pool } from 'pg';
import { extensionChanges, type InstanceSettings, settingChanges } from '@/lib/inventory/settings';
import type { LeaseFence } from './append-readings';
import type { Db } from './partitions';
import { underLease } from './under-lease';
import type { ReadFailure } from './write-inventory';

/** Marks of one reading; a migration to another configuration is one event of a deploy, not a thousand. */
const mostEvents = 30;

/**
 * Keeps the settings of an instance. What changed since the reading before becomes an event at this reading's time.
 * @returns false when another collector holds the lease; nothing is kept then
 */
export async function writeSettings(
  db: Pool,
  lease: LeaseFence,
  settings: InstanceSettings,
): Promise<boolean> {
  return underLease(db, lease, async (client) => {
    const { rows } = await client.query<{ body: InstanceSettings | null }>(
      'select body from instance_settings where instance_id = $1 for update',
      [lease.instanceId],
    );
    const before = rows[0]?.body;
    if (before) await appendChanges(client, lease.instanceId, before, settings);
    await client.query(
      `insert into instance_settings (instance_id, at, body, error) values ($1, $2, $3, null)
       on conflict (instance_id) do update set at = excluded.at, body = excluded.body, error = null`,
      [lease.instanceId, new Date(settings.at), JSON.stringify(settings)],
    );
  });
}

/** Keeps why the settings could not be read; what was read before stays. */
export async function writeSettingsFailure(
  db: Pool,
  lease: LeaseFence,
  error: ReadFailure,
): Promise<boolean> {
  return underLease(db, lease, async (client) => {
    await client.query(
      `insert into instance_settings (instance_id, at, body, error) values ($1, now(), null, $2)
       on conflict (instance_id) do update set at = now(), error = excluded.error`,
      [lease.instanceId, JSON.stringify(error)],
    );
  });
}

async function appendChanges(
  client: Db,
  instanceId: number,
  before: InstanceSettings,
  after: InstanceSettings,
): Promise<void> {
  const events = [
    ...settingChanges(before, after).map((change) => ({ kind: 'setting_changed', ...change })),
    ...extensionChanges(before, after).map((change) => ({ kind: 'extension_changed', ...change })),
  ];
  for (const { kind, name, from, to } of events.slice(0, mostEvents))
    await client.query(
      `insert into event (at, kind, cluster_id, instance_id, text, details)
       select $1, $2, cluster_id, id, $4, $5 from instance where id = $3`,
      [
        new Date(after.at),
        kind,
        instanceId,
        `${name}: ${from ?? '-'} → ${to ?? '-'}`.slice(0, 500),
        JSON.stringify({ name, from, to }),
      ],
    );
}
