/** The beat on real pairs: written once a second where the owner made the table, seen on the replica, and nowhere else. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { mariadb, mysql } from '@/collectors/mysql/engine';
import { excessRights as mysqlExcess } from '@/collectors/mysql/excess-rights';
import { openSession as openMysql } from '@/collectors/mysql/session/session';
import { postgres } from '@/collectors/postgres/engine';
import type { EngineCollector } from '@/collectors/run/engine';
import { type BeatBoard, createHeartbeat } from '@/collectors/run/heartbeat';
import type { Poll, Poller } from '@/collectors/run/poll';
import { createPoller } from '@/collectors/run/poll-instance';
import { mysqlAccountScript } from '@/lib/inventory/mysql-account-script';
import type { ReplicationFacts } from '@/lib/replication/facts';
import { mysqlHeartbeatScript, postgresHeartbeatScript } from '@/lib/replication/heartbeat-script';
import { replicationVerdict } from '@/lib/replication/replication-verdict';
import { startDebianPostgres, whyNoDebian } from '@/scripts/servers/debian';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { startMariadb, startMariadbReplica, whyNoMariadb } from '@/scripts/servers/mariadb';
import { startMysql, startMysqlReplica, whyNoMysql } from '@/scripts/servers/mysql';
import type { RunningMysql } from '@/scripts/servers/mysql-server';

const password = 'of the watching login';
type Server = { port: number };

/** Two pollers as a collector runs them: sampled on their grid, then polled. */
function watchPair(
  engine: EngineCollector,
  database: string,
  servers: Server[],
  /** As two collectors would: the one that reads does not know whether the other writes. */
  apart = false,
) {
  const shared: BeatBoard = new Map();
  const state = { alone: true, facts: [] as (ReplicationFacts | null)[] };
  const own = { ...engine, metrics: engine.metrics.filter(({ origin }) => origin === 'heartbeat') };
  const pollers: Poller[] = servers.map(({ port }) =>
    createPoller({
      engine: own,
      watch: engine.watch([]),
      target: async () => ({
        ...{ host: '127.0.0.1', port, database, user: 'yagura', password, tls: 'off' as const },
      }),
      applicationName: 'yagura/heartbeat',
      deadlineMs: 9_000,
      cores: null,
      heartbeat: createHeartbeat({
        board: apart ? new Map() : shared,
        ...{ offsetMs: () => 0, phaseMs: 300, mayWrite: () => state.alone },
      }),
    }),
  );
  const run = async (seconds: number): Promise<Poll[]> => {
    const until = Date.now() + seconds * 1000;
    const polls = await Promise.all(
      pollers.map(async (poller) => {
        for (let now = Date.now(); now < until; now = Date.now()) {
          await sleep(poller.nextSample(now) - now + 2);
          await poller.sample();
        }
        const at = Math.floor(Date.now() / 10_000) * 10_000;
        return poller.poll({ at, startDelayMs: 0, skipped: 0, lostReadings: 0, mayConnect: true });
      }),
    );
    state.facts = polls.map(({ replication }) =>
      replication && 'facts' in replication ? replication.facts : null,
    );
    return polls;
  };
  return {
    state,
    /** The verdict on the second by what both said last. */
    link: () =>
      replicationVerdict(
        servers.map(({ port }, n) => ({
          ...{ instance: `${n}`, name: `${n}`, host: '127.0.0.1', port, state: 'up' as const },
          ...{ role: n === 0 ? ('primary' as const) : ('replica' as const) },
          facts: state.facts[n] ?? null,
        })),
        Date.now(),
      ).links[0],
    until: run,
    close: () => Promise.all(pollers.map((poller) => poller.close())),
  };
}
type Pair = ReturnType<typeof watchPair>;

function record(poll: Poll | undefined): Record<string, number | null> {
  const reading = poll?.readings.find(({ metric }) => metric.endsWith('.heartbeat'));
  return Object.fromEntries(
    (reading?.columns ?? []).map(({ name }, n) => [name, reading?.rows[0]?.values[n] ?? null]),
  );
}

/** What is the same on every engine. @param stop stops applying; starts it again when told */
function itBeats(given: {
  why: string | null;
  pair(): Pair;
  /** Another connection: what the login may is looked at anew. */
  reconnect(apart?: boolean): Promise<Pair>;
  makeTable(): Promise<void>;
  rows(): Promise<number>;
  apply(on: boolean): Promise<unknown>;
}) {
  const { why } = given;
  test.skipIf(why)('nothing is written before the owner made the table', async () => {
    const polls = await given.pair().until(0);
    for (const poll of polls) {
      expect(poll.state).toBe('up');
      expect(poll.health).toMatchObject([
        { ok: false, error: null, missing: [{ text: 'yagura.heartbeat', ok: false }] },
      ]);
      expect(record(poll)).toEqual({});
    }
  });

  test.skipIf(why)('a replica that keeps up has each beat a tenth of a second later', async () => {
    await given.makeTable();
    const pair = await given.reconnect();
    await pair.until(0.5);
    await pair.until(10.5 - (Date.now() % 10_000) / 1000); // From here a whole interval.
    const [onPrimary, onReplica] = (await pair.until(10)).map(record);
    expect(onPrimary?.beats).toBeGreaterThanOrEqual(9);
    expect(onPrimary?.beats).toBeLessThanOrEqual(12);
    expect(onPrimary?.write_ms).toBeLessThan(100);
    expect(onPrimary?.lag_ms).toBeNull();
    expect(onReplica?.samples).toBeGreaterThanOrEqual(8);
    expect(onReplica?.lag_ms).toBeGreaterThan(50);
    expect(onReplica?.lag_ms).toBeLessThan(250);
    expect(onReplica?.within_250_ms).toBeGreaterThanOrEqual(7);
    expect(onReplica?.beats).toBeNull();
    expect(await given.rows()).toBe(1);
    expect(pair.link()).toMatchObject({ lag: { source: 'heartbeat' } });
    expect(pair.link()?.lag.ms).toBeLessThan(200);
  });

  test.skipIf(why)(
    'one that applies nothing falls behind, as long as the beat is written',
    async () => {
      const pair = given.pair();
      await given.apply(false);
      const stopped = Date.now();
      const [, replica] = await pair.until(5);
      const truth = (pair.state.facts[1]?.at ?? Number.NaN) - stopped;
      expect(pair.link()?.lag.source).toBe('heartbeat');
      expect(Math.abs((pair.link()?.lag.ms ?? Number.NaN) - truth)).toBeLessThan(1000);
      expect(replica?.state).toBe('up');
      // Nobody writes any more: the old beat is no lag by itself.
      pair.state.alone = false;
      await pair.until(5);
      expect(pair.state.facts[0]?.heartbeat?.server).toBeNull();
      expect(pair.link()?.lag.source).not.toBe('heartbeat');
      pair.state.alone = true;
      await given.apply(true);
      await pair.until(3);
      expect(pair.link()?.lag.ms).toBeLessThan(200);
    },
  );

  test.skipIf(why)(
    'of two collectors one writes, the other reads, and lag is the same',
    async () => {
      const pair = await given.reconnect(true);
      await pair.until(0.5);
      await pair.until(12 - (Date.now() % 10_000) / 1000); // To the next interval's reading.
      expect(await given.rows()).toBe(1);
      expect(pair.link()).toMatchObject({ lag: { source: 'heartbeat' } });
      expect(pair.link()?.lag.ms).toBeLessThan(200);
      await given.apply(false);
      const stopped = Date.now();
      await pair.until(5);
      const truth = (pair.state.facts[1]?.at ?? Number.NaN) - stopped;
      expect(pair.link()?.lag.source).toBe('heartbeat');
      expect(Math.abs((pair.link()?.lag.ms ?? Number.NaN) - truth)).toBeLessThan(1000);
      await given.apply(true);
      await pair.until(3);
      expect(pair.link()?.lag.ms).toBeLessThan(200);
      await given.reconnect();
    },
  );
}

const postgresKinds = [
  { name: 'PostgreSQL 18', why: null, start: startPostgres },
  { name: "Debian's PostgreSQL 15", why: await whyNoDebian(), start: startDebianPostgres },
];
describe.each(postgresKinds)('$name', ({ why, start }) => {
  let primary: RunningPostgres;
  let standby: RunningPostgres;
  let pair: Pair;
  const watch = (apart = false) => watchPair(postgres, 'postgres', [primary, standby], apart);
  const sql = async (server: RunningPostgres, text: string) => {
    const client = new pg.Client({ connectionString: server.url() });
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  };
  beforeAll(async () => {
    if (why) return;
    primary = await start();
    await sql(primary, `create role yagura login password '${password}' in role pg_monitor`);
    await sql(primary, 'alter role yagura set default_transaction_read_only = on');
    standby = await start({ standbyOf: primary });
    pair = watch();
  });
  afterAll(async () => {
    await pair?.close();
    await standby?.stop();
    await primary?.stop();
  });

  test.skipIf(why)(
    'a table that would run code of others with our rights is left alone',
    async () => {
      await sql(primary, postgresHeartbeatScript('yagura'));
      const session = await postgres.watch([]).connect(
        {
          ...{ host: '127.0.0.1', port: primary.port, database: 'postgres', user: 'yagura' },
          ...{ password, tls: 'off' },
        },
        'yagura/test',
      );
      const ok = async () => (await session.checkNeeds([{ heartbeat: 'table' }]))[0]?.ok;
      expect(await ok()).toBe(true);
      await sql(
        primary,
        `create function f() returns trigger language plpgsql as 'begin return new; end'`,
      );
      await sql(primary, 'create function g(text) returns text immutable language sql return $1');
      for (const [make, undo] of [
        [
          'create trigger t before update on yagura.heartbeat for each row execute function f()',
          'drop trigger t on yagura.heartbeat',
        ],
        [
          'create rule r as on insert to yagura.heartbeat do also select 1',
          'drop rule r on yagura.heartbeat',
        ],
        [
          `alter table yagura.heartbeat add constraint c check (g(server) <> '')`,
          'alter table yagura.heartbeat drop constraint c',
        ],
        ['create index i on yagura.heartbeat (g(server))', 'drop index yagura.i'],
        [
          'alter table yagura.heartbeat alter beat set default random()',
          'alter table yagura.heartbeat alter beat drop default',
        ],
        [
          'alter table yagura.heartbeat enable row level security',
          'alter table yagura.heartbeat disable row level security',
        ],
        [
          'revoke update on yagura.heartbeat from yagura',
          'grant update on yagura.heartbeat to yagura',
        ],
      ] as const) {
        await sql(primary, make);
        expect(await ok(), make).toBe(false);
        await sql(primary, undo);
      }
      // A trigger that was dropped leaves its mark until VACUUM.
      await sql(primary, 'vacuum yagura.heartbeat');
      expect(await ok()).toBe(true);
      await session.close();
      await sql(primary, 'drop schema yagura cascade; drop function f, g');
    },
  );

  itBeats({
    why,
    pair: () => pair,
    reconnect: async (apart) => {
      await pair.close();
      pair = watch(apart);
      return pair;
    },
    makeTable: async () => {
      await sql(primary, postgresHeartbeatScript('yagura'));
    },
    rows: async () => (await sql(primary, 'select from yagura.heartbeat')).length,
    apply: (on) => sql(standby, `select pg_wal_replay_${on ? 'resume' : 'pause'}()`),
  });

  test.skipIf(why)('the row stays on its page and touches no index', async () => {
    await vi.waitFor(async () => {
      const [row] = await sql(
        primary,
        `select n_tup_upd::int as updates, n_tup_hot_upd::int as hot, pg_relation_size(relid)::int as bytes
         from pg_stat_user_tables where relname = 'heartbeat'`,
      );
      expect(row.updates).toBeGreaterThan(20);
      expect(row.hot).toBe(row.updates);
      expect(row.bytes).toBe(8192);
    }, 20_000);
  });

  test.skipIf(why)('a lock on the table costs one beat, not the connection', async () => {
    const client = new pg.Client({ connectionString: primary.url() });
    client.on('error', () => {});
    await client.connect();
    await client.query('begin; lock table yagura.heartbeat in exclusive mode');
    const [poll] = await pair.until(3);
    expect([poll?.state, poll?.reason]).toEqual(['up', null]);
    await client.query('rollback');
    await client.end();
    const beat = async () => (await sql(primary, 'select beat::int from yagura.heartbeat'))[0].beat;
    const before = await beat();
    await pair.until(3);
    expect(await beat()).toBeGreaterThan(before);
  });
});

const mysqlKinds = [
  {
    ...{ name: 'MySQL 9.7', flavour: 'mysql' as const, engine: mysql, why: await whyNoMysql() },
    ...{ start: startMysql, follow: startMysqlReplica },
  },
  {
    ...{ name: 'MariaDB 10.11', flavour: 'mariadb' as const, engine: mariadb },
    ...{ why: await whyNoMariadb(), start: startMariadb, follow: startMariadbReplica },
  },
];
describe.each(mysqlKinds)('$name', ({ flavour, engine, why, start, follow }) => {
  let primary: RunningMysql;
  let replica: RunningMysql;
  let pair: Pair;
  const watch = (apart = false) => watchPair(engine, '', [primary, replica], apart);
  beforeAll(async () => {
    if (why) return;
    primary = await start();
    replica = await follow(primary);
    const script = mysqlAccountScript({
      ...{ flavour, user: 'yagura', host: '127.0.0.1', requireTls: false },
    });
    for (const statement of script.replace('<PASSWORD>', password).split(/;\n/))
      await primary.query(statement);
    pair = watch();
  });
  afterAll(async () => {
    await pair?.close();
    await replica?.stop();
    await primary?.stop();
  });

  itBeats({
    why,
    pair: () => pair,
    reconnect: async (apart) => {
      await pair.close();
      pair = watch(apart);
      return pair;
    },
    makeTable: async () => {
      for (const statement of mysqlHeartbeatScript(`'yagura'@'127.0.0.1'`).split(
        /;(?:\n| --.*\n?|$)/,
      ))
        if (statement.trim()) await primary.query(statement);
    },
    rows: async () => (await primary.query('select 1 from yagura.heartbeat')).length,
    apply: (on) =>
      replica.query(
        `${on ? 'start' : 'stop'} replica${flavour === 'mysql' ? ' sql_thread' : ' sql_thread'}`,
      ),
  });

  test.skipIf(why)('its rights are none too many', async () => {
    const session = await openMysql(
      {
        ...{ host: '127.0.0.1', port: primary.port, database: '', user: 'yagura' },
        ...{ password, tls: 'off' },
      },
      'yagura/test',
    );
    expect(await mysqlExcess(session)).toEqual([]);
    await session.close();
  });

  test.skipIf(why)(
    'a server that was made read-only gets no beat, not even from a login that could',
    async () => {
      await primary.query(
        `grant ${flavour === 'mysql' ? 'connection_admin' : 'read only admin'} on *.* to 'yagura'@'127.0.0.1'`,
      );
      await primary.query('set global read_only = 1');
      await pair.until(3);
      const beat = async () =>
        JSON.stringify(await primary.query('select beat from yagura.heartbeat'));
      const before = await beat();
      await pair.until(3);
      expect(await beat()).toBe(before);
      await primary.query('set global read_only = 0');
    },
  );
});
