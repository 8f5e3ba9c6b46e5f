/** A store with two clusters and a web app on it that can be stopped and started: what a wall lives through in a day. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startWeb } from '../bench/start-web';
import { freePort, startPostgres } from '../scripts/servers/embedded';

export const token = 'a-token-of-the-wall-test-0123456789-0123456789';
/** The product in development can be tested too, where there is no build. */
const development = process.env.YAGURA_E2E_DEVELOPMENT === '1';

export type Day = {
  url: string;
  startWeb(build: string): Promise<void>;
  stopWeb(): Promise<void>;
  stopStore(): Promise<void>;
  startStore(): Promise<void>;
  query(text: string, values?: unknown[]): Promise<void>;
  /** Whether the collector reports, as one does each few seconds. */
  collecting: boolean;
  fire(phase: 'firing' | 'resolved', ackedUntil: number | null): Promise<void>;
  stop(): Promise<void>;
};

export async function startDay(build: string): Promise<Day> {
  const folder = await mkdtemp(path.join(tmpdir(), 'yagura-wall-'));
  const store = await startPostgres({ settings: { max_connections: '60' } });
  const url = `http://127.0.0.1:${await freePort()}`;
  let web: { stop(): Promise<void> } | null = null;
  const day: Day = {
    url,
    collecting: true,
    async startWeb(name) {
      const env = { YAGURA_BUILD: name, YAGURA_API_TOKEN: token };
      web = await startWeb({ url, store: store.url(), folder, env, development });
    },
    async stopWeb() {
      await web?.stop();
      web = null;
    },
    stopStore: () => store.kill9(),
    startStore: () => store.restart(),
    async query(text, values) {
      const client = new pg.Client({ connectionString: store.url() });
      client.on('error', () => {});
      await client.connect();
      await client.query(text, values).finally(() => client.end().catch(() => {}));
    },
    async fire(phase, ackedUntil) {
      const now = Date.now();
      const facts = {
        ...{ rule: 'instance/down', says: { en: 'The server does not answer', ja: '応答なし' } },
        ...{ fix: { en: '', ja: '' }, runbook: null, labels: {}, metric: 'm', column: 'c' },
        ...{ unit: 'count', per_second: false, cluster: { id: '2', name: 'billing' } },
        instance: { id: '2', name: 'billing-1', role: 'primary' },
      };
      const state = {
        ...{ phase, level: 'critical', since: now, firedAt: now, resolvedAt: null, value: 1 },
        ...{ peak: 1, dataAt: now, health: 'fresh', suppressed: null, ackedUntil },
      };
      const condition = { direction: 'above', warning: null, critical: 0, forMs: 0 };
      await day.query(
        `insert into alert (rule_id, instance_id, labels, condition, state, facts)
         values ('instance/down', 2, '{}', $1, $2, $3)
         on conflict (rule_id, instance_id, labels) do update set state = excluded.state`,
        [JSON.stringify(condition), JSON.stringify(state), JSON.stringify(facts)],
      );
    },
    async stop() {
      clearInterval(timer);
      await day.stopWeb();
      await store.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  const report = () =>
    day.query(
      `update instance_status set last_seen = now(), last_attempt = now();
       insert into setting (key, value) values ('alerts.evaluated', to_jsonb(extract(epoch from now()) * 1000))
       on conflict (key) do update set value = excluded.value`,
    );
  const timer = setInterval(() => {
    if (day.collecting) report().catch(() => {});
  }, 5000);
  await day.startWeb(build);
  await day.query(
    `insert into cluster (name) values ('orders'), ('billing');
     insert into instance (name, cluster_id, engine, host, port, database, "user", updated_at)
       values ('orders-1', 1, 'postgres', 'h', 5432, 'd', 'u', now()),
              ('billing-1', 2, 'postgres', 'h', 5433, 'd', 'u', now());
     insert into instance_status (instance_id, state, role, last_seen, last_attempt)
       values (1, 'up', 'primary', now(), now()), (2, 'up', 'primary', now(), now())`,
  );
  return day;
}
