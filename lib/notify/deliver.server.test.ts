import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AlertContent } from '@/lib/alert/message-content';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import { type RunningPostgres, startPostgres } from '@/scripts/servers/embedded';
import { type FakeSlack, type ScriptedAnswer, startFakeSlack } from '@/scripts/servers/fake-slack';
import { deliver } from './deliver';

let server: RunningPostgres;
let db: pg.Pool;
let slack: FakeSlack;
let told: string[];

beforeAll(async () => {
  server = await startPostgres();
  await migrate(server.url());
  db = openPool(server.url(), 6);
  slack = await startFakeSlack();
});
afterAll(async () => {
  await slack?.stop();
  await db?.end();
  await server?.stop();
});
beforeEach(async () => {
  slack.received.length = 0;
  slack.script.clear();
  told = [];
  await db.query('truncate channel, alert, alert_transition, delivery cascade');
});

async function addChannel(name: string, kind = 'slack', settings = { allow_private: true }) {
  const { rows } = await db.query<{ id: number }>(
    'insert into channel (name, kind, secret, settings) values ($1, $2, $3, $4) returning id',
    [name, kind, `${slack.url}/${name}`, JSON.stringify(settings)],
  );
  return rows[0]?.id ?? 0;
}
function content(alert: string, message: 'firing' | 'resolved', name = 'orders'): AlertContent {
  return {
    ...{ kind: 'alert', message, alert, rule: 'postgres.fill/full' },
    says: { en: 'The disk is nearly full.', ja: 'ディスクが満杯です。' },
    fix: { en: 'Make room.', ja: '空きを作ってください。' },
    ...{ runbook: null, instance: { id: '1', name: 'primary-1', role: 'primary' } },
    ...{ cluster: { id: '1', name: 'shop' }, labels: { name }, metric: 'postgres.fill' },
    ...{ column: 'used', unit: 'ratio', per_second: false, level: 'critical', direction: 'above' },
    ...{
      value: 0.95,
      threshold: 0.9,
      peak: 0.97,
      reason: message === 'firing' ? 'threshold' : 'recovered',
    },
    ...{ at: Date.now(), fired_at: Date.now() - 5000, resolved_at: null },
  };
}
async function owe(channelId: number, one: AlertContent, agoMs = 0) {
  await db.query(
    `insert into delivery (channel_id, alert_id, message, content, created_at)
     values ($1, $2, $3, $4, now() - $5 * interval '1 ms')`,
    [channelId, one.alert, one.message, JSON.stringify(one), agoMs],
  );
}
/** Turns until nothing waits; what is to be tried later is due at once. */
async function drain(most = 40) {
  for (let n = 0; n < most; n++) {
    await db.query('update delivery set next_at = now(); update channel set next_at = now()');
    const tried = await deliver(db, {
      ...{ owner: 'test', baseUrl: 'http://localhost:3000', gapMs: 0, timeoutMs: 500 },
      openSecret: ({ secret }) => ({ url: secret ?? '', key: 'k' }),
      log: (line) => told.push(line),
    });
    if (tried === 0) return;
  }
}
async function states() {
  const { rows } = await db.query(
    `select c.name || ' ' || d.message || ' ' || d.state as line from delivery d
     join channel c on c.id = d.channel_id order by d.id`,
  );
  return rows.map(({ line }) => line);
}
async function outcomes() {
  const { rows } = await db.query<{ outcome: string }>(
    'select outcome from delivery_attempt order by id',
  );
  return rows.map(({ outcome }) => outcome);
}

test('a message says what, where, since, how much, and links to that time', async () => {
  await owe(await addChannel('a'), content('1', 'firing'));
  await drain();
  const body = slack.received[0]?.body ?? '';
  for (const part of [
    'Critical',
    'firing',
    'The disk is nearly full.',
    'shop / primary-1 (primary)',
    '95%',
    '&gt; 90%',
    'Make room.',
    '/clusters/1?from=',
    '+00:00',
    'Delivery D',
  ])
    expect(body).toContain(part);
});

test('429 waits and is not counted as a failure; 500, a reset and a timeout are tried again', async () => {
  await owe(await addChannel('a'), content('1', 'firing'));
  slack.script.set('/a', [
    { status: 429, headers: { 'retry-after': '1' } },
    { status: 429, headers: { 'retry-after': 'abc' } },
    ...Array.from({ length: 10 }, () => ({ status: 500, text: 'rollup_error' })),
    'reset',
    'hang',
  ]);
  await drain();
  expect(await states()).toEqual(['a firing sent']);
  expect(await outcomes()).toEqual([...Array(12).fill('later'), 'ambiguous', 'ambiguous', 'sent']);
  const { rows } = await db.query('select attempts from delivery');
  expect(rows).toEqual([{ attempts: 13 }]);
  // The same delivery id each time, so that a duplicate is seen to be one.
  const ids = new Set(slack.received.map(({ body }) => /Delivery (D\d+)/.exec(body)?.[1]));
  expect(ids.size).toBe(1);
});

test('after a 429 nothing is sent before its time', async () => {
  const id = await addChannel('a');
  await owe(id, content('1', 'firing'));
  slack.script.set('/a', [{ status: 429, headers: { 'retry-after': '30' } }]);
  const options = {
    ...{ owner: 'test', baseUrl: null, log: () => undefined, gapMs: 0 },
    openSecret: ({ secret }: { secret: string | null }) => ({ url: secret ?? '' }),
  };
  await deliver(db, options);
  await owe(id, content('2', 'firing'));
  expect(await deliver(db, options)).toBe(0);
  const { rows } = await db.query(
    `select extract(epoch from next_at - now())::int between 28 and 30 as later from channel`,
  );
  expect(rows).toEqual([{ later: true }]);
});

test('fired and recovered while the channel was away is one message that says both', async () => {
  const id = await addChannel('a');
  await owe(id, content('1', 'firing'));
  slack.script.set('/a', [{ status: 429 }]);
  await deliver(db, {
    ...{ owner: 'test', baseUrl: null, log: () => undefined },
    openSecret: ({ secret }) => ({ url: secret ?? '' }),
  });
  await owe(id, content('1', 'resolved'));
  await drain();
  expect(slack.received.length).toBe(2);
  expect(slack.received[1]?.body).toMatch(/Delivered late: firing .* → resolved/);
  expect(await states()).toEqual(['a firing sent', 'a resolved sent']);
});

test('refused blocks are sent once more as plain text, then given up', async () => {
  const id = await addChannel('a');
  await owe(id, content('1', 'firing'));
  slack.script.set('/a', [{ status: 400, text: 'invalid_blocks' }]);
  await drain();
  expect(JSON.parse(slack.received[1]?.body ?? '{}')).not.toHaveProperty('blocks');
  await owe(id, content('2', 'firing'));
  slack.script.set(
    '/a',
    Array.from({ length: 3 }, () => ({ status: 400, text: 'invalid_payload' })),
  );
  await drain();
  expect(await states()).toEqual(['a firing sent', 'a firing dead']);
  expect(slack.received.length).toBe(4);
});

test('a channel that is gone is dead at once, the others are told and go on', async () => {
  const [a, b] = [await addChannel('a'), await addChannel('b')];
  slack.script.set('/a', [{ status: 404, text: 'no_service' }]);
  await owe(a, content('1', 'firing'));
  await owe(b, content('1', 'firing'));
  await drain();
  expect(await states()).toEqual(['a firing dead', 'b firing sent', 'b broken sent']);
  const { rows } = await db.query(
    `select broken ->> 'reason' as reason from channel where name = 'a'`,
  );
  expect(rows).toEqual([{ reason: 'no_service' }]);
  expect(slack.received.at(-1)?.body).toContain('a: no_service');
});

test('a redirect is not followed, an endless answer is cut, and inside addresses are not reached', async () => {
  const a = await addChannel('a');
  slack.script.set('/a', [
    { status: 302, headers: { location: 'http://169.254.169.254/' } },
    'huge',
  ]);
  await owe(a, content('1', 'firing'));
  await drain();
  expect(await states()).toEqual(['a firing dead']);
  await owe(a, content('2', 'firing'));
  await drain();
  expect(await states()).toEqual(['a firing dead', 'a firing sent']);
  await owe(await addChannel('w', 'webhook', { allow_private: false }), content('3', 'firing'));
  await drain();
  expect((await states()).slice(2)).toEqual(['w firing dead', 'a broken sent']);
  expect(slack.received.some(({ path }) => path === '/w')).toBe(false);
});

test('a webhook is signed over its time and body', async () => {
  await owe(await addChannel('w', 'webhook'), content('1', 'firing'));
  await drain();
  const headers = slack.received[0]?.headers ?? {};
  const body = slack.received[0]?.body ?? '';
  const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['x-yagura-signature'])) ?? [];
  expect(createHmac('sha256', 'k').update(`${t}.${body}`).digest('hex')).toBe(v1);
});

test('PagerDuty gets each firing and each recovery by itself, under one key', async () => {
  const id = await addChannel('p', 'pagerduty');
  await owe(id, content('7', 'firing'));
  await owe(id, content('7', 'resolved'));
  await drain();
  expect(slack.received.map(({ body }) => JSON.parse(body))).toMatchObject([
    { event_action: 'trigger', dedup_key: 'yagura/7', payload: { severity: 'critical' } },
    { event_action: 'resolve', dedup_key: 'yagura/7' },
  ]);
});

test('1,000 alerts at once are a few messages inside the limits of Slack, and none is lost', async () => {
  const id = await addChannel('a');
  for (let n = 0; n < 1000; n++)
    await owe(id, content(String(n), 'firing', `<!channel> ${'&'.repeat(60)} ${n}`));
  await drain();
  expect(new Set(await states())).toEqual(new Set(['a firing sent']));
  expect(slack.received.length).toBeLessThanOrEqual(20);
  for (const { body } of slack.received) {
    expect(body).not.toContain('<!channel>');
    const { blocks, text } = JSON.parse(body);
    expect(blocks.length).toBeLessThanOrEqual(20);
    expect(JSON.stringify(blocks).length).toBeLessThan(13_000);
    for (const block of blocks) expect(block.text?.text.length ?? 0).toBeLessThanOrEqual(3000);
    expect(text).toContain('1000');
    expect(body).toMatch(/\+9[0-9][0-9] more/);
  }
});

/** A generator of numbers below n that is the same for the same seed. */
function seeded(seed: number) {
  let state = seed;
  return (n: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % n;
  };
}

/** What Slack may answer, in the order of F32 to F38 of the faults. */
const faults: readonly ScriptedAnswer[] = [
  ...['1', '30', 'abc'].map((after) => ({ status: 429, headers: { 'retry-after': after } })),
  ...[{ status: 429 }, { status: 500 }, { status: 503 }, 'hang' as const, 'reset' as const],
  { status: 400, text: 'invalid_blocks' },
  { status: 404, text: 'no_service' },
  'huge',
  { status: 302, headers: { location: 'http://169.254.169.254/' } },
];
const isOk = (answer: ScriptedAnswer) => answer === 'huge' || Object(answer).status === 200;
const isUnclear = (answer: ScriptedAnswer) => answer === 'hang' || answer === 'reset';

/** Each run is another history; 100 are run with YAGURA_KILLS=100. */
const runs = Number(process.env.YAGURA_KILLS ?? 5);
for (let seed = 1; seed <= runs; seed++)
  test(`faults, and killed at any moment, run ${seed}: everything is delivered or given up, in order`, async () => {
    const random = seeded(seed);
    await db.query(
      `drop table if exists turn; create table turn (id int primary key);
       insert into cluster (id, name) values (1, 'c') on conflict do nothing`,
    );
    for (const name of ['a', 'b']) {
      await addChannel(name);
      const answers = Array.from({ length: 12 }, () =>
        random(2) === 0 ? { status: 200 } : (faults[random(faults.length)] ?? { status: 200 }),
      );
      slack.script.set(`/${name}`, answers);
    }
    const [alerts, changes] = [3, 30];
    let kills = 0;
    for (let finished = false; !finished; ) {
      const child: ChildProcess = spawn(
        process.execPath,
        [
          ...['--import', 'tsx', 'scripts/servers/alert-writer.ts', server.url()],
          ...[`${alerts}`, `${changes}`],
        ],
        { stdio: ['ignore', 'pipe', 'pipe'] },
      );
      const errors: string[] = [];
      child.stderr?.on('data', (part) => errors.push(String(part)));
      let killer: NodeJS.Timeout | undefined;
      if (kills < 6)
        child.stdout?.once('data', () => {
          killer = setTimeout(() => child.kill('SIGKILL'), random(60));
        });
      const code = await new Promise((resolve) => child.on('exit', (exit) => resolve(exit)));
      clearTimeout(killer);
      if (code === null) kills++;
      else if (code !== 0) throw new Error(errors.join(''));
      finished = code === 0;
    }
    expect(kills).toBeGreaterThanOrEqual(3);
    expect(await db.query(`select from delivery where message <> 'broken'`)).toMatchObject({
      rowCount: alerts * changes * 2,
    });
    for (const line of await states()) expect(line).toMatch(/ (sent|dead)$/);
    for (const path of ['/a', '/b']) {
      const seen = slack.received.filter((one) => one.path === path);
      const idOf = ({ body }: { body: string }) => Number(/Delivery D(\d+)/.exec(body)?.[1] ?? 0);
      const inOrder = seen.filter(({ body }) => body.includes('"blocks"')).map(idOf);
      // A repeat is one of the last one: order is kept.
      expect(inOrder).toEqual([...inOrder].sort((x, y) => x - y));
      // Twice only what was killed while it was sent, or what got no answer.
      const unclear = seen.filter(({ answered }) => isUnclear(answered)).length;
      const taken = seen.filter(({ answered }) => isOk(answered) || isUnclear(answered)).map(idOf);
      const again = taken.length - new Set(taken).size;
      expect(again).toBeLessThanOrEqual(kills + unclear);
    }
  }, 120_000);
