/**
 * A process for tests that writes changes of alerts and delivers them, to be killed at any moment:
 * `alert-writer.ts <store> <alerts> <changes of each>`. The n-th change of an alert is firing when n is odd, else resolved.
 */
import { evaluateRules, type WatchedInstance } from '@/lib/alert/evaluate-rules';
import type { Rule } from '@/lib/alert/rules';
import { deliver } from '@/lib/notify/deliver';
import { writeChanges } from '@/lib/storage/evaluate-alerts';
import { openPool } from '@/lib/storage/pool';
import { readStoredAlerts } from '@/lib/storage/read-alert-facts';

const [url = '', alerts = '1', changes = '2'] = process.argv.slice(2);
const db = openPool(url, 4);
const rule: Rule = {
  ...{ id: 'custom/1', metric: 'postgres.x', column: 'v', unit: 'count', perSecond: false },
  ...{ says: { en: 'x', ja: 'x' }, fix: { en: '', ja: '' }, runbook: null, enabled: true },
  ...{ scope: {}, origin: 'custom', direction: 'above', warning: 0, critical: null, forMs: 0 },
  ...{ recovery: null, keepFiringMs: 0 },
};

async function write(): Promise<boolean> {
  const client = await db.connect();
  try {
    await client.query('begin');
    const { rows } = await client.query<{ n: number }>(
      'select coalesce(max(id), 0)::int as n from turn',
    );
    const n = (rows[0]?.n ?? 0) + 1;
    if (n > Number(changes)) return false;
    await client.query('insert into turn (id) values ($1)', [n]);
    const now = 1_700_000_000_000 + n * 10_000;
    const reading = {
      ...{ at: now, everyMs: 10_000 },
      rows: new Map(
        Array.from({ length: Number(alerts) }, (_, i) => [
          JSON.stringify([['n', String(i)]]),
          { labels: { n: String(i) }, values: { v: n % 2 } },
        ]),
      ),
    };
    const instance: WatchedInstance = {
      ...{ id: 1, name: 'i', clusterId: 1, cluster: 'c', engine: 'postgres', role: 'primary' },
      machine: 'm',
      ...{
        labels: {},
        state: 'up',
        readings: new Map([['postgres.x', reading]]),
        health: new Map(),
      },
    };
    const stored = await readStoredAlerts(client);
    const known = { now, rules: [rule], instances: [instance], alerts: stored, silences: [] };
    await writeChanges(client, evaluateRules({ ...known, repeatMs: 0 }), now);
    await client.query(
      `update delivery set created_at = now(), next_at = now() where created_at < now() - interval '1 day'`,
    );
    await client.query('commit');
    return true;
  } finally {
    await client.query('rollback');
    client.release();
  }
}

const options = {
  ...{ owner: String(process.pid), baseUrl: null, leaseMs: 300, gapMs: 0, timeoutMs: 400 },
  openSecret: (channel: { secret: string | null }) => ({ url: channel.secret ?? '' }),
  log: (message: string) => console.error(message),
};
console.log('ready');
for (let more = true; ; ) {
  if (more) more = await write();
  // What is to be tried later is due at once: when is a test of its own.
  await db.query(`update delivery set next_at = now() where state = 'waiting'`);
  await db.query('update channel set next_at = now()');
  await deliver(db, options);
  const { rows } = await db.query(`select from delivery where state = 'waiting' limit 1`);
  if (!more && rows.length === 0) break;
}
await db.end();
