/** What people complained about in other systems, by its thread: each is a rule of ours. */
import { expect, test } from 'vitest';
import { slackBody } from '@/lib/notify/forms';
import { pickBatch, type Waiting } from '@/lib/notify/pick-batch';
import { judge } from '@/lib/notify/retry';
import { conditions, outcome, play } from '@/scripts/play-alert';
import { evaluateRules, type StoredAlert, type WatchedInstance } from './evaluate-rules';
import { defaultRules } from './rules';
import { advance, initialState } from './transition';

const { above, quick } = conditions;
const status = (code: number, retryAfter: string | null = null) => ({
  ...({ kind: 'status', status: code, retryAfter, text: '' } as const),
});
const first = { attempts: 0, plain: false, ageMs: 0 };
const waiting = (id: number, alertId: string, more: Partial<Waiting> = {}): Waiting => ({
  ...{ id: String(id), alertId, message: 'firing', content: { kind: 'test', by: '' } },
  ...{ attempts: 0, plain: false, due: true, ageMs: 0 },
  ...more,
});

test('alertmanager#2111, #3189, #2205: 429 is a delay as long as asked for, not a failure', () => {
  expect(judge(status(429, '30'), first, 0)).toEqual({
    kind: 'later',
    waitMs: 30_000,
    counted: false,
  });
  expect(judge(status(429, '1'), first, 0)).toMatchObject({ waitMs: 1000 });
  expect(judge(status(429, null), first, 0)).toMatchObject({ waitMs: 30_000 });
  expect(judge(status(429, 'abc'), first, 0)).toMatchObject({ waitMs: 30_000 });
  expect(judge(status(429, '86400'), first, 0)).toMatchObject({ waitMs: 300_000 });
});

test('SigNoz#12891: fired and recovered while it waited go as one message', () => {
  const batch = pickBatch(
    [waiting(1, 'a'), waiting(2, 'b', { due: false }), waiting(3, 'a')],
    true,
  );
  expect(batch?.list.map(({ id }) => id)).toEqual(['1', '3']);
});

test('alertmanager#2769: many alerts in one message stay inside the limits', () => {
  const paragraphs = Array.from({ length: 400 }, () => '<&>'.repeat(100));
  const said = { title: 'x'.repeat(400), facts: [], paragraphs, links: [] };
  const look = { language: 'en', zone: 'UTC', baseUrl: null, now: 0 } as const;
  const body = slackBody(said, 'D1', look, false) as { blocks: { text?: { text: string } }[] };
  expect(body.blocks.length).toBeLessThanOrEqual(20);
  expect(JSON.stringify(body.blocks).length).toBeLessThan(13_000);
  for (const { text } of body.blocks) expect(text?.text.length ?? 0).toBeLessThanOrEqual(3000);
});

test('alertmanager#1718, #2222, #2447, #4008: looking twice tells once', () => {
  expect(outcome(quick, '1 = = = 0 = = =')).toBe('resolved - fresh, firing:critical, resolved');
});

test('alertmanager#3283: what is later of an alert never goes before what is earlier', () => {
  expect(pickBatch([waiting(1, 'a', { due: false }), waiting(2, 'a')], false)).toBe(null);
  const alone = pickBatch([waiting(1, 'a'), waiting(2, 'a')], false);
  expect(alone?.list.map(({ id }) => id)).toEqual(['1']);
});

test('alertmanager#1063: a recovery that was not told does not hide later firings', () => {
  expect(outcome(quick, '1 !0 !1 1')).toBe(
    'firing critical fresh, firing:critical, firing:critical',
  );
});

test('ministryofjustice/cloud-platform#3541: a dead webhook is known as dead at once', () => {
  for (const code of [401, 403, 404, 410])
    expect(judge(status(code), first, 0)).toEqual({ kind: 'dead', channelBroken: true });
});

test('prometheus#17482, #14085, #6816: missing data resolves nothing', () => {
  expect(outcome(quick, `1 ${'- '.repeat(200)}`)).toBe('firing critical missing, firing:critical');
});

test('cloudflare/pint#966: one failed reading does not start the wait over', () => {
  expect(outcome(above, '85 e 85 85')).toBe('firing warning fresh, firing:warning');
});

test('prometheus#422: the time that was waited survives a restart', () => {
  const before = play(above, '85 85').state;
  const kept = JSON.parse(JSON.stringify(before));
  const at = (before.dataAt ?? 0) + 10_000;
  const context = { now: at, everyMs: 10_000, suppressed: null, repeatMs: 0 };
  expect(advance(above, kept, { kind: 'sample', at, value: 85 }, context).next.phase).toBe(
    'firing',
  );
});

const rules = defaultRules([]);
/** An instance of 40 metrics whose last readings are this old. */
function instanceWith(ageMs: number, now: number): WatchedInstance {
  const health = { lastSuccess: now - ageMs, failed: false, everyMs: 10_000 };
  return {
    ...{ id: 1, name: 'i', clusterId: 1, cluster: 'c', engine: 'postgres', role: 'primary' },
    machine: 'm',
    ...{ labels: {}, state: 'up', readings: new Map() },
    health: new Map(Array.from({ length: 40 }, (_, n) => [`m${n}`, health])),
  };
}
/** Turns of the evaluator each 10 s over ages of the data; what was told at each. */
function turns(ages: readonly number[]) {
  const alerts = new Map<string, StoredAlert>();
  return ages.map((age, n) => {
    const now = 1_000_000_000 + n * 10_000;
    const known = { now, rules, silences: [], repeatMs: 0, alerts: [...alerts.values()] };
    const changes = evaluateRules({ ...known, instances: [instanceWith(age, now)] });
    for (const one of changes)
      alerts.set(one.ruleId, {
        ...{ id: one.ruleId, ruleId: one.ruleId, instanceId: 1, labels: {} },
        ...{ condition: one.condition, state: one.next, facts: null },
      });
    return changes.flatMap((one) =>
      one.transitions.flatMap(({ message }) => (message ? [`${one.ruleId} ${message}`] : [])),
    );
  });
}

test('grafana#50186, #96011: a restart of our own is no storm: nothing for a minute, then one for the target', () => {
  expect(turns(Array(6).fill(3_600_000)).flat()).toEqual([]);
  expect(turns(Array(20).fill(3_600_000)).flat()).toEqual(['instance/no-data firing']);
  expect(turns([3_600_000, 3_600_000, 0, 0]).flat()).toEqual([]);
});

test('grafana#89265: data is fresh again with the first good reading', () => {
  expect(outcome(above, '50 - - - - - - - - 50')).toBe('ok - fresh');
});

test('grafana#105571: resolved is told when the history says so and at no other time', () => {
  for (const script of ['1 0', '1 - - 0', '1 0 1 0', '!1 1 !0 0', '1 g g g', '1 edit'])
    for (const one of play(quick, script).transitions)
      if (one.message === 'resolved') expect(one.to).toBe('resolved');
      else if (one.message) expect(['firing', 'recovering']).toContain(one.to);
});

test('grafana#18622: that data is there again is told like that it was missing', () => {
  expect(turns([...Array(10).fill(3_600_000), 0, 0]).flat()).toEqual([
    'instance/no-data firing',
    'instance/no-data resolved',
  ]);
});

test('grafana#50266, #127901: the end of a silence tells what still fires', () => {
  expect(outcome(quick, '!1 !1 1')).toBe('firing critical fresh, firing:critical');
  expect(outcome(quick, '1 !1 1')).toBe('firing critical fresh, firing:critical, firing:critical');
  expect(outcome(quick, '1 m1 1')).toBe('firing critical fresh, firing:critical, firing:critical');
});

test('grafana#82845: that a reading fails is told of the target, not of the metric', () => {
  expect(outcome(above, 'e e e e e e e e e')).toBe('ok - error');
  expect(play(above, '85 85 85 e e e').transitions.filter((one) => one.message)).toHaveLength(1);
});

test('uptime-kuma#5284: an evaluation that comes late knows that its data is old', () => {
  const input = { kind: 'sample', at: 1_000_000, value: 95 } as const;
  const context = { everyMs: 10_000, suppressed: null, repeatMs: 0 };
  const hourLater = { ...context, now: 1_000_000 + 3_600_000 };
  const { next } = advance(quick, initialState(1_000_000), input, hourLater);
  expect([next.phase, next.health]).toEqual(['ok', 'missing']);
});
