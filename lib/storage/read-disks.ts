import type { Pool } from 'pg';
import type { DisksBody, InstanceBody } from '@/lib/contract';
import { mountOf, type StoredUse, storedBy } from '@/lib/headroom/stored-on';
import type { InstanceSettings } from '@/lib/inventory/settings';
import { definitionEngine } from '@/lib/metric/engine-source';
import { groupBy } from './group-by';
import { readInstances } from './read-instances';
import { type Latest, readLatest } from './read-latest';
import { readSeries } from './read-series';

const windowMs = 6 * 60 * 60_000;
/** Named of what grew on one disk. */
const most = 5;

type Disk = DisksBody['disks'][number];
type Grown = Disk['grew'][number];

/**
 * The filesystems on which the servers of a cluster keep their data and their logs of changes: how full, full in how many
 * days, and what grew. @returns null when there is no such cluster
 */
export async function readDisks(
  db: Pool,
  clusterId: number,
  now: number,
): Promise<DisksBody | null> {
  const instances = await readInstances(db, { clusterId });
  if (instances.length === 0) return null;
  const ids = instances.map(({ id }) => Number(id));
  const [settings, latest, filled, grown] = await Promise.all([
    settingsOf(db, ids),
    readLatest(db, { instanceIds: ids, metrics: ['host.filesystems'] }),
    readGrown(db, ids, now, { metric: 'host.filesystems', column: 'used_bytes' }),
    whatGrew(db, instances, now),
  ]);
  const disks = instances.flatMap((instance) => {
    const own = latest.filter(({ instanceId }) => instanceId === Number(instance.id));
    const setting = settings.get(Number(instance.id)) ?? (() => null);
    return disksOf(instance, setting, own).map((disk) => ({
      ...disk,
      grown_bytes:
        filled.find(
          (one) => one.instanceId === Number(instance.id) && one.labels.mount === disk.mount,
        )?.bytes ?? null,
      grew: (grown.get(instance.id) ?? [])
        .filter(({ kind }) => disk.mount !== null && disk.uses.includes(keptAs(kind)))
        .slice(0, most),
    }));
  });
  return { at: now, window_ms: windowMs, disks };
}

const keptAs = (kind: Grown['kind']): StoredUse => (kind === 'table' ? 'data' : kind);

async function settingsOf(db: Pool, ids: number[]) {
  const { rows } = await db.query<{ id: number; settings: InstanceSettings['settings'] | null }>(
    `select instance_id as id, body::jsonb -> 'settings' as settings from instance_settings where instance_id = any($1)`,
    [ids],
  );
  return new Map(
    rows.map(({ id, settings }) => [
      id,
      (wanted: string) => settings?.find(({ name }) => name === wanted)?.value || null,
    ]),
  );
}

/** One for each filesystem: what is kept on it together. */
function disksOf(
  { name, engine }: InstanceBody,
  setting: (name: string) => string | null,
  latest: readonly Latest[],
): Disk[] {
  const mounts = [...new Set(latest.flatMap(({ labels }) => labels.mount ?? []))];
  const placed = storedBy(definitionEngine(engine), setting).map(({ use, path }) => ({
    ...{ use, path, mount: path === null ? null : mountOf(path, mounts) },
  }));
  return [...groupBy(placed, ({ mount, path }) => mount ?? `\0${path === null}`)].map(([, own]) => {
    const mount = own[0]?.mount ?? null;
    const of = (column: string) =>
      latest.find((one) => one.labels.mount === mount && one.column === column)?.value ?? null;
    const paths = [...new Set(own.flatMap(({ path }) => path ?? []))];
    return {
      ...{ instance: name, uses: own.map(({ use }) => use), paths, mount },
      unknown:
        mount !== null
          ? null
          : paths.length === 0
            ? 'path_not_told'
            : mounts.length === 0
              ? 'machine_not_read'
              : 'no_such_mount',
      size_bytes: of('size_bytes'),
      available_bytes: of('available_bytes'),
      used_ratio: of('used_ratio'),
      days_to_full: of('days_to_full'),
      growth_bytes_per_day: of('growth_bytes_per_day'),
      ...{ grown_bytes: null, grew: [] },
    };
  });
}

type GrownLine = { instanceId: number; labels: Record<string, string>; bytes: number };

/** Its last known value in the window less its first, per line. */
async function readGrown(
  db: Pool,
  instanceIds: number[],
  now: number,
  source: { metric: string; column: string },
): Promise<GrownLine[]> {
  const { series } = await readSeries(db, {
    ...{ ...source, instanceIds, from: now - windowMs, to: now, points: 72 },
  });
  return series.flatMap(({ instanceId, labels, points }) => {
    const known = points.flatMap(([, value]) => value ?? []);
    const [first, last] = [known[0], known.at(-1)];
    return first === undefined || last === undefined || known.length < 2
      ? []
      : [{ instanceId, labels, bytes: last - first }];
  });
}

type GrowthSource = { kind: Grown['kind']; metric: string; column: string };
const growthSources: Readonly<Record<string, readonly GrowthSource[]>> = {
  postgres: [
    { kind: 'table', metric: 'postgres.tables', column: 'table_bytes' },
    { kind: 'table', metric: 'postgres.tables', column: 'index_bytes' },
    { kind: 'wal', metric: 'postgres.wal-size', column: 'bytes' },
  ],
  mysql: [
    { kind: 'table', metric: 'mysql.table-size', column: 'bytes' },
    { kind: 'binlog', metric: 'mysql.binlog', column: 'bytes' },
  ],
};

/** By instance, what grew most first; a table with its indexes. */
async function whatGrew(db: Pool, instances: readonly InstanceBody[], now: number) {
  const grown = new Map<string, Map<string, Grown>>();
  for (const [engine, own] of groupBy(instances, (one) => definitionEngine(one.engine)))
    for (const { kind, ...source } of growthSources[engine] ?? []) {
      const ids = own.map(({ id }) => Number(id));
      for (const { instanceId, labels, bytes } of await readGrown(db, ids, now, source)) {
        const names = ['database', 'schema', 'table', 'name'].flatMap(
          (label) => labels[label] ?? [],
        );
        // Who is among the others changes.
        if (names.includes('(others)')) continue;
        const name = names.length === 0 ? null : names.join('.');
        const of = grown.get(String(instanceId)) ?? new Map<string, Grown>();
        grown.set(String(instanceId), of);
        const before = of.get(`${kind} ${name}`)?.grown_bytes ?? 0;
        of.set(`${kind} ${name}`, { kind, name, grown_bytes: before + bytes });
      }
    }
  return new Map(
    [...grown].map(([id, of]) => [
      id,
      [...of.values()]
        .filter(({ grown_bytes }) => grown_bytes > 0)
        .sort((a, b) => b.grown_bytes - a.grown_bytes),
    ]),
  );
}
