import { notFound } from '@/lib/auth/http-error';
import type { SettingsBody } from '@/lib/contract';
import { type InstanceSettings, orderSettings } from '@/lib/inventory/settings';
import { supportedUntil } from '@/lib/inventory/version-support';
import { nameOfEngine } from '@/lib/metric/engine-source';
import type { Db } from './partitions';
import type { ReadFailure } from './write-inventory';

/** The settings of an instance as they were last read, and their changes. @throws 404 when it is not watched */
export async function readSettings(db: Db, id: number): Promise<SettingsBody> {
  const { rows } = await db.query<{
    engine: string;
    body: InstanceSettings | null;
    error: ReadFailure | null;
    state: string | null;
    reason: ReadFailure | null;
  }>(
    `select i.engine, s.body, s.error, t.state, t.reason from instance i left join instance_settings s on s.instance_id = i.id
     left join instance_status t on t.instance_id = i.id where i.id = $1`,
    [id],
  );
  const row = rows[0];
  if (!row) throw notFound('instance');
  const { engine, body, error, state, reason } = row;
  const changes = await db.query<{
    at: Date;
    kind: SettingsBody['changes'][number]['kind'];
    details: { name: string; from: string | null; to: string | null };
  }>(
    `select at, kind, details from event where instance_id = $1 and kind in ('setting_changed', 'extension_changed')
     order by at desc, id desc limit 200`,
    [id],
  );
  return {
    instance: String(id),
    at: body?.at ?? null,
    version: body?.version ?? null,
    version_number: body?.version_number ?? null,
    supported_until: body ? supportedUntil(body.version_number) : null,
    settings: orderSettings(body?.settings ?? []),
    overrides: body?.overrides ?? [],
    extensions: body?.extensions ?? [],
    changes: changes.rows.map(({ at, kind, details: { name, from, to } }) => ({
      ...{ at: at.getTime(), kind },
      ...{ name, from, to },
    })),
    unavailable:
      error ?? (state !== null && state !== 'up' ? reason : null) ?? neverRead(engine, body),
  };
}

/** Null for what will be read within minutes; a reason for servers whose settings nobody reads. */
function neverRead(engine: string, body: InstanceSettings | null): ReadFailure | null {
  if (engine === 'postgres' || body !== null) return null;
  const message = `The settings of ${nameOfEngine(engine)} are not read yet.`;
  return { code: 'version_unsupported', message, fix: null };
}
