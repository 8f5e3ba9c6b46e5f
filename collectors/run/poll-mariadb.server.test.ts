import { afterAll, beforeAll, expect, test } from 'vitest';
import { mariadb } from '@/collectors/mysql/engine';
import { defineMetric, gauge } from '@/lib/metric/define-metric';
import { startMariadb, whyNoMariadb } from '@/scripts/servers/mariadb';
import type { RunningMysql } from '@/scripts/servers/mysql-server';
import { createPoller } from './poll-instance';

const why = await whyNoMariadb();
let server: RunningMysql;
beforeAll(async () => {
  if (!why) server = await startMariadb({ config: { performance_schema: 'OFF' } });
});
afterAll(() => server?.stop());

const words = { en: 'Threads', ja: 'スレッド' };
const threads = defineMetric({
  id: 'mysql.instrumented-threads',
  layer: 'database',
  title: words,
  help: words,
  source: 'performance_schema.threads',
  every: '10s',
  timeout: '3s',
  on: 'any',
  cost: 'low',
  needs: [{ variable: 'performance_schema', value: 'ON' }],
  queries: [
    {
      from: 1006,
      flavour: 'mariadb',
      sql: 'select count(*) as threads from performance_schema.threads',
    },
  ],
  columns: { threads: gauge('count', words) },
  panels: [],
});

test.skipIf(why)(
  'what performance_schema would tell is not known while it is off, and never zero',
  async () => {
    const engine = { ...mariadb, metrics: [threads] };
    const poller = createPoller({
      engine,
      watch: engine.watch([]),
      target: async () => ({
        ...{ host: '127.0.0.1', port: server.port, database: '', user: 'root' },
        ...{ password: server.password, tls: 'off' as const },
      }),
      applicationName: 'yagura test',
      deadlineMs: 9_000,
      cores: 4,
    });
    const poll = (at: number) =>
      poller.poll({ at, startDelayMs: 0, skipped: 0, lostReadings: 0, mayConnect: true });
    const off = await poll(0);
    expect(off.state).toBe('up');
    expect(off.readings.filter(({ metric }) => metric === threads.id)).toEqual([]);
    expect(off.health).toMatchObject([
      {
        metric: threads.id,
        ok: false,
        error: { code: 'switched_off', message: 'needs performance_schema = ON' },
      },
    ]);
    await poller.close();

    await server.restart({ performance_schema: 'ON' });
    const on = await poll(60_000);
    expect(on.health).toMatchObject([{ metric: threads.id, ok: true, error: null }]);
    expect(
      on.readings.find(({ metric }) => metric === threads.id)?.rows[0]?.values[0],
    ).toBeGreaterThan(0);
    await poller.close();
  },
);
