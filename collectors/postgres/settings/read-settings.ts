/** Reads the settings, their overrides and the extensions of the connected database. */
import { z } from 'zod';
import { Failure } from '@/collectors/run/failure';
import type { SettingsReader } from '@/collectors/run/watch-settings';
import { type InstanceSettings, secretSetting } from '@/lib/inventory/settings';
import { readJson } from '../session/read-json';
import type { Session } from '../session/session';
import { withSession } from '../session/with-session';

// Values that our own connection sets are not the server's. What the server computes is not a change.
const settingsSql = `select json_build_object('name', name, 'setting', setting, 'unit', unit, 'default', boot_val, 'source', source,
    'shown', case when source in ('client', 'session') or name like 'transaction\\_%' then null else current_setting(name, true) end, 'context', context, 'category', category,
    'description', short_desc, 'pending_restart', pending_restart)::text from pg_settings order by name limit 2000`;

const overridesSql = `select json_build_object('database', d.datname, 'role', r.rolname, 'name', split_part(one, '=', 1),
    'value', substr(one, strpos(one, '=') + 1))::text
  from pg_db_role_setting s left join pg_database d on d.oid = s.setdatabase left join pg_roles r on r.oid = s.setrole
  cross join lateral unnest(s.setconfig) one order by d.datname nulls first, r.rolname nulls first, one limit 500`;

const extensionsSql = `select json_build_object('name', coalesce(e.extname, a.name), 'installed', e.extversion, 'available', a.default_version)::text
  from pg_extension e full join pg_available_extensions a on a.name = e.extname
  order by e.extname is null, coalesce(e.extname, a.name) limit 500`;

const serverSql = `select json_build_object('at', round(extract(epoch from clock_timestamp()) * 1000), 'version', current_setting('server_version'),
    'version_number', current_setting('server_version_num')::int)::text`;

const server = z.object({ at: z.number(), version: z.string(), version_number: z.number().int() });
const setting = z.object({
  name: z.string(),
  setting: z.string().nullable(),
  unit: z.string().nullable(),
  shown: z.string().nullable(),
  default: z.string().nullable(),
  source: z.string(),
  context: z.string(),
  category: z.string(),
  description: z.string(),
  pending_restart: z.boolean(),
});
const override = z.object({
  database: z.string().nullable(),
  role: z.string().nullable(),
  name: z.string(),
  value: z.string(),
});
const extension = z.object({
  name: z.string(),
  installed: z.string().nullable(),
  available: z.string().nullable(),
});

/** @throws Failure */
export async function readSettings(session: Session): Promise<InstanceSettings> {
  const [facts] = await read(session, 'read the server', serverSql, server);
  if (!facts) throw new Failure('wrong_shape', 'read the server: no row');
  const settings = await read(session, 'read the settings', settingsSql, setting);
  return {
    ...facts,
    settings: settings.map(({ setting: raw, unit, shown, ...one }) => {
      const hidden =
        secretSetting.test(one.name) && raw !== ''
          ? 'secret'
          : shown === null
            ? 'connection'
            : null;
      return {
        ...one,
        hidden,
        value: hidden ? null : shown,
        default: hidden === 'secret' ? null : withUnit(one.default, unit),
        changed: hidden !== 'connection' && raw !== one.default && !computed.has(one.source),
      };
    }),
    overrides: (await read(session, 'read the overrides', overridesSql, override)).map((one) =>
      secretSetting.test(one.name) ? { ...one, value: null } : one,
    ),
    extensions: await read(session, 'read the extensions', extensionsSql, extension),
  };
}

/** {@link readSettings} on a connection of its own. @throws Failure */
export const readPostgresSettings: SettingsReader = (target, name, signal) =>
  withSession(target, name, signal, readSettings);

const computed = new Set(['default', 'override', 'environment variable']);

/** pg_settings gives the built-in value as a bare number of its unit. */
function withUnit(value: string | null, unit: string | null): string | null {
  if (value === null || unit === null || /^(-1|0)$/.test(value)) return value;
  const [, times = '', name = ''] = /^(\d*)(\D+)$/.exec(unit) ?? [];
  let amount = Number(value) * Number(times || 1);
  if (!Number.isFinite(amount)) return value;
  const steps = ladders.find((ladder) => ladder.some(([step]) => step === name)) ?? [];
  let at = steps.findIndex(([step]) => step === name);
  // As SHOW does it: the largest unit in which it is a whole number.
  for (; at >= 0 && at < steps.length - 1 && amount % (steps[at]?.[1] ?? 1) === 0; at++)
    amount /= steps[at]?.[1] ?? 1;
  return `${amount}${steps[at]?.[0] ?? name}`;
}

/** Units with how many of them make the next one. */
const ladders: [string, number][][] = [
  [
    ['B', 1024],
    ['kB', 1024],
    ['MB', 1024],
    ['GB', 1024],
    ['TB', 1],
  ],
  [
    ['us', 1000],
    ['ms', 1000],
    ['s', 60],
    ['min', 60],
    ['h', 24],
    ['d', 1],
  ],
];

const read = <T>(session: Session, doing: string, sql: string, row: z.ZodType<T>) =>
  readJson(session, sql, row, { doing, timeoutMs: 5_000 });
