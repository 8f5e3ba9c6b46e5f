import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { type AuroraMember, auroraStreams } from './aurora-status';
import { emptyFacts, type ReplicationFacts } from './facts';
import { replicationVerdict } from './replication-verdict';

type Row = Record<string, string | null>;
const numberOf = (text: string | null | undefined) => (text == null ? null : Number(text));
const recorded = (engine: 'postgres' | 'mysql'): AuroraMember[] =>
  (
    JSON.parse(
      readFileSync(path.join(import.meta.dirname, `fixtures/aurora-${engine}.json`), 'utf8'),
    ) as { rows: Row[] }
  ).rows.map((row) => ({
    serverId: row.server_id ?? '',
    sessionId: row.session_id ?? '',
    lagMs: numberOf(row.replica_lag_in_msec ?? row.lag_ms),
    updatedMs: numberOf(row.updated_ms),
  }));

const now = 1_790_000_000_000;
/** A cluster of which each server was asked, and judged as any other. */
function judge(engine: 'postgres' | 'mysql', servers: string[]) {
  return replicationVerdict(
    servers.map((id, n) => {
      const streams = auroraStreams(id, recorded(engine), 5432);
      const base = emptyFacts(engine, now);
      const writes = streams.receivers.length === 0;
      const facts: ReplicationFacts = {
        ...{ ...base, ...streams },
        identity: {
          ...base.identity,
          system: engine === 'postgres' ? 's' : null,
          name: id,
          port: 5432,
        },
        writable: {
          ...base.writable,
          recovery: engine === 'postgres' ? !writes : null,
          readOnly: !writes,
        },
      };
      return {
        ...{ instance: `${n + 1}`, name: id, host: `${id}.abc.rds.example`, port: 5432 },
        ...{
          state: 'up' as const,
          role: writes ? ('primary' as const) : ('replica' as const),
          facts,
        },
      };
    }),
    now,
  );
}

test('readers of PostgreSQL follow the writer by the lag of the storage', () => {
  const verdict = judge('postgres', ['shop-instance-1', 'shop-instance-2', 'shop-instance-3']);
  expect(verdict.primary).toBe('1');
  expect(verdict.links).toMatchObject([
    { instance: '2', upstream: '1', state: 'streaming', lag: { ms: 19.641, source: 'storage' } },
    { instance: '3', upstream: '1', state: 'streaming', lag: { ms: 23.918, source: 'storage' } },
  ]);
  expect(verdict.splitBrain).toEqual([]);
});

test('the writer sends to those that are there', () => {
  const { receivers, senders } = auroraStreams('shop-instance-1', recorded('postgres'), 5432);
  expect(receivers).toEqual([]);
  expect(senders.map(({ name }) => name)).toEqual(['shop-instance-2', 'shop-instance-3']);
});

test('a zero of the storage is one; a row that is old says nothing of now', () => {
  const { links } = judge('mysql', ['shop-instance-1', 'shop-instance-2', 'shop-instance-3']);
  expect(links[0]).toMatchObject({ state: 'streaming', lag: { ms: 0, source: 'storage' } });
  expect(links[1]?.lag.ms).toBeNull();
  expect(links[1]?.state).toBe('unknown');
});

test('a server in no row, and readers without a writer, are unknown', () => {
  expect(judge('postgres', ['shop-instance-1', 'shop-instance-9']).links[0]).toMatchObject({
    ...{ state: 'unknown', cause: 'not_read', lag: { ms: null } },
  });
  const alone = recorded('postgres').filter(({ sessionId }) => sessionId !== 'MASTER_SESSION_ID');
  expect(auroraStreams('shop-instance-2', alone, 5432).receivers[0]).toMatchObject({
    storageMs: null,
  });
});
