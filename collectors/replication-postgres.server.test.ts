/** The verdict on real pairs of PostgreSQL: what happens to them, and what is said within two polls. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { postgres } from '@/collectors/postgres/engine';
import type { Link } from '@/lib/replication/replication-verdict';
import { startDebianPostgres, whyNoDebian } from '@/scripts/servers/debian';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { type SteadyWriter, writeSteadily } from '@/scripts/servers/steady-writer';
import { startTcpProxy, type TcpProxy } from '@/scripts/servers/tcp-proxy';
import { type WatchedCluster, watchCluster } from '@/scripts/servers/watched-cluster';

const intervalMs = 5_000;
/** YAGURA_IDLE_S=600 idles for ten minutes; what time alone could spoil shows in ten seconds too, mostly. */
const idlePolls = Math.max(
  2,
  Math.ceil((Number(process.env.YAGURA_IDLE_S ?? 10) * 1000) / intervalMs),
);
const password = 'of the watching login';
const kinds = [
  { name: 'PostgreSQL 18', why: null, start: startPostgres },
  { name: "Debian's PostgreSQL 15", why: await whyNoDebian(), start: startDebianPostgres },
];

describe.each(kinds)('$name', ({ why, start }) => {
  let primary: RunningPostgres;
  let standby: RunningPostgres;
  let proxy: TcpProxy;
  let cluster: WatchedCluster;
  let writes: pg.Client;
  let reads: pg.Client;
  let writer: SteadyWriter | null = null;

  beforeAll(async () => {
    if (why) return;
    primary = await start();
    proxy = await startTcpProxy(() => primary.port);
    writes = await connect(primary);
    await writes.query(`create role yagura login password '${password}' in role pg_monitor`);
    await writes.query('create table item (id int primary key)');
    await writes.end();
    standby = await start({ standbyOf: { ...primary, port: proxy.port } });
    writes = await connect(primary);
    reads = await connect(standby);
    cluster = watchCluster(
      [primary, standby].map(({ port }, index) => ({
        ...{ name: index === 0 ? 'primary' : 'standby', port, engine: postgres },
        ...{ user: 'yagura', password, database: 'postgres' },
      })),
      intervalMs,
    );
    write();
    await cluster.until(({ links }) => links[0]?.state === 'streaming', 4);
  });
  afterAll(async () => {
    await writer?.stop();
    await cluster?.stop();
    await writes?.end().catch(() => undefined);
    await reads?.end().catch(() => undefined);
    await standby?.stop();
    await proxy?.stop();
    await primary?.stop();
  });

  const connect = async (server: RunningPostgres) => {
    const client = new pg.Client({ connectionString: server.url() });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  const write = () => {
    writer = writeSteadily(
      (id) => writes.query('insert into item values ($1)', [id]),
      50,
      (writer?.count ?? 0) + 1,
    );
  };
  const newest = async (): Promise<number> =>
    (await reads.query('select coalesce(max(id), 0) as id from item')).rows[0].id;
  /** What it is behind in truth, and what was said of the same moment. */
  const compare = async (link: Link | undefined) => {
    const truth = (writer as SteadyWriter).ageBehind(await newest(), link?.at ?? Number.NaN);
    expect(Math.abs((link?.lag.ms ?? Number.NaN) - truth)).toBeLessThan(500);
  };
  const recovered = () =>
    vi.waitFor(
      async () => {
        const [link] = (await cluster.look()).links;
        expect(link).toMatchObject({ state: 'streaming' });
        expect(link?.lag.ms).toBeLessThan(1000);
      },
      { timeout: 60_000, interval: 1000 },
    );

  test.skipIf(why)('a standby that follows steady writes streams', async () => {
    const { verdict } = await cluster.until(() => true, 1);
    expect(verdict.primary).toBe('primary');
    expect(verdict.links).toMatchObject([
      { instance: 'standby', upstream: 'primary', state: 'streaming', cause: null, sync: 'async' },
    ]);
    expect(verdict.links[0]?.lag.ms).toBeLessThan(500);
    expect(verdict.splitBrain).toEqual([]);
    expect(verdict.dataLoss.instance).toBe('standby');
    expect(verdict.dataLoss.ms).toBeLessThan(500);
  });

  test.skipIf(why)('a pause of replay', async () => {
    await reads.query('select pg_wal_replay_pause()');
    const { verdict } = await cluster.until(({ links }) => links[0]?.state === 'stopped', 2);
    const [link] = verdict.links;
    expect(link).toMatchObject({ state: 'stopped', cause: 'replay_paused' });
    await compare(link);
    expect(link?.lag.bytes).toBeGreaterThan(0);
    expect(link?.lag.applyingMs).toBeGreaterThan(1000);
    // What was received is not lost.
    expect(verdict.dataLoss.ms).toBeLessThan(1000);
    await reads.query('select pg_wal_replay_resume()');
    await recovered();
  });

  test.skipIf(why)(
    'a delay by recovery_min_apply_delay is told as one, and what it is',
    async () => {
      await reads.query(`alter system set recovery_min_apply_delay = '5s'`);
      await reads.query('select pg_reload_conf()');
      const { verdict } = await cluster.until(({ links }) => (links[0]?.lag.ms ?? 0) > 4_500, 2);
      const [link] = verdict.links;
      expect(link).toMatchObject({
        ...{ state: 'delayed', cause: 'delayed_on_purpose', configuredDelayMs: 5_000 },
      });
      expect(link?.lag.ms).toBeGreaterThan(4_500);
      expect(link?.lag.ms).toBeLessThan(5_500);
      expect(link?.lateMs).toBeLessThan(500);
      await reads.query('alter system reset recovery_min_apply_delay');
      await reads.query('select pg_reload_conf()');
      await recovered();
    },
  );

  test.skipIf(why)('a wire that is cut without a word', async () => {
    proxy.cut();
    const { verdict } = await cluster.until(({ links }) => links[0]?.state === 'disconnected', 2);
    const [link] = verdict.links;
    expect(link).toMatchObject({ state: 'disconnected', cause: 'receiver_silent' });
    await compare(link);
    expect(verdict.dataLoss.ms).toBeGreaterThan(4_000);
    expect(verdict.dataLoss.bytes).toBeGreaterThan(0);
    expect(verdict.candidates[0]?.fit).toBe(false);
    proxy.heal();
    await recovered();
  });

  test.skipIf(why)('a standby stopped by kill -STOP', async () => {
    const stopped = await processesOf(standby);
    const before = await newest();
    for (const pid of stopped) process.kill(pid, 'SIGSTOP');
    try {
      const { verdict } = await cluster.until(({ links }) => links[0]?.cause === 'replica_down', 2);
      const [link] = verdict.links;
      expect(link?.cause).toBe('replica_down');
      expect(['unknown', 'disconnected']).toContain(link?.state);
      const truth = (writer as SteadyWriter).ageBehind(before, link?.at ?? Number.NaN);
      expect(Math.abs((link?.lag.ms ?? Number.NaN) - truth)).toBeLessThan(500);
      expect(verdict.candidates).toEqual([]);
    } finally {
      for (const pid of stopped) process.kill(pid, 'SIGCONT');
    }
    await recovered();
  });

  test.skipIf(why)(
    'an idle primary: a true zero, however long',
    async () => {
      await writer?.stop();
      await cluster.until(({ links }) => links[0]?.state === 'idle', 4);
      const lags = new Set<string>();
      const { verdict } = await cluster.until(({ links }) => {
        for (const { state, cause, lag } of links) lags.add(JSON.stringify([state, cause, lag.ms]));
        return false;
      }, idlePolls);
      // The server writes a little of its own each quarter of a minute, which is replayed at once.
      for (const one of lags) expect(['["idle",null,0]', '["streaming",null,0]']).toContain(one);
      expect(verdict.links).toMatchObject([{ lag: { ms: 0, bytes: 0 } }]);
      const members = cluster.members();
      expect(members[1]?.facts?.receivers[0]?.replayAgeMs).toBeGreaterThan(5_000);
      expect(verdict.dataLoss).toMatchObject({ ms: 0, bytes: 0, instance: 'standby' });
    },
    60_000 + idlePolls * intervalMs,
  );

  test.skipIf(why)('a promotion: no lag is left, and two that write are seen', async () => {
    await reads.query('select pg_promote(true, 30)');
    const { verdict } = await cluster.until(({ splitBrain }) => splitBrain.length > 0, 2);
    expect(verdict.links).toEqual([]);
    expect(verdict.splitBrain.sort()).toEqual(['primary', 'standby']);
    expect(verdict.primary).toBeNull();
    await primary.kill9();
    const { verdict: after } = await cluster.until(({ primary: one }) => one === 'standby', 2);
    expect(after).toMatchObject({ primary: 'standby', splitBrain: [], links: [] });
  });
});

/** The postmaster and its children. */
async function processesOf(server: RunningPostgres): Promise<number[]> {
  const { readdir, readFile } = await import('node:fs/promises');
  const postmaster = await server.pid();
  const found = [postmaster];
  for (const name of await readdir('/proc')) {
    const status = /^\d+$/.test(name)
      ? await readFile(`/proc/${name}/status`, 'utf8').catch(() => '')
      : '';
    if (new RegExp(`^PPid:\\s+${postmaster}$`, 'm').test(status)) found.push(Number(name));
  }
  return found;
}
