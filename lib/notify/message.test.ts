import { describe, expect, test } from 'vitest';
import type { Insight } from '@/lib/alert/insight';
import type { AlertContent } from '@/lib/alert/message-content';
import { say, slackBody } from './forms';
import type { Look } from './render';

const at = Date.UTC(2026, 10, 24, 14, 2);
const content: AlertContent = {
  ...{ kind: 'alert', message: 'firing', alert: '7', rule: 'postgres.activity/waiting' },
  says: { en: 'Sessions wait for locks.', ja: 'ロック待ちがあります。' },
  fix: { en: 'Look at the blocking tree.', ja: 'ブロッキングツリーを確認してください。' },
  runbook: 'https://wiki.example.com/locks',
  instance: { id: '3', name: 'db-1', role: 'primary' },
  cluster: { id: '2', name: 'shop' },
  ...{ labels: { database: 'app' }, metric: 'postgres.activity', column: 'waiting_for_lock' },
  ...{ unit: 'count', per_second: false, level: 'critical', direction: 'above', value: 12 },
  ...{ threshold: 5, peak: 12, reason: 'threshold', at, fired_at: at, resolved_at: null },
};
const insight: Insight = {
  layer: { state: 'moved', first: 'database' },
  wait: { name: 'Lock: transactionid', sessions: 12 },
  blocker: { pid: 4711, waiting: 12 },
  statement: {
    id: 'a',
    text: 'update item set n = $1 where id = $2',
    state: 'slower',
    ratio: 8.44,
  },
};
const look: Look = {
  ...{ language: 'en', zone: 'Asia/Tokyo', baseUrl: 'https://yagura.example.com', now: at },
  insight,
};

describe('a message', () => {
  test('holds what, where, since, how much, which layer first, likely cause and what to do', () => {
    const said = say([content], look);
    expect(said.title).toBe('[Critical · firing] Sessions wait for locks. (db-1)');
    expect(Object.fromEntries(said.facts)).toMatchObject({
      Where: 'shop / db-1 (primary), database=app',
      ...{ Value: '12', Threshold: '> 5', 'Moved first': 'Database' },
    });
    expect(said.facts.find(([name]) => name === 'Since')?.[1]).toMatch(/23:02.*(\+09:00|GMT\+9)/);
    expect(said.paragraphs).toEqual([
      'Likely cause, from what was measured: session 4711 holds up 12 others · 12 sessions wait for Lock: transactionid · slower ×8.4: update item set n = $1 where id = $2',
      'What to do: Look at the blocking tree.',
    ]);
  });
  test('links to the time range, to the alert and to the runbook', () => {
    expect(say([content], look).links).toEqual([
      [
        'Open at that time',
        `https://yagura.example.com/clusters/2?from=${at - 1_800_000}&to=${at + 600_000}`,
      ],
      ['Acknowledge or silence', 'https://yagura.example.com/alerts#alert-7'],
      ['Runbook', 'https://wiki.example.com/locks'],
    ]);
  });
  test('says the same in Japanese', () => {
    const said = say([content], { ...look, language: 'ja' });
    expect(said.facts).toContainEqual(['最初に動いたレイヤー', 'データベース']);
    expect(said.paragraphs[0]).toContain('セッション 4711 が 12 件をブロック');
  });
  test.each([
    ['unknown', 'Cannot be told'],
    ['calm', 'No layer left what is usual'],
  ] as const)('of a verdict that is %s says so', (state, words) => {
    const unclear = { ...insight, layer: { state, first: null } };
    expect(say([content], { ...look, insight: unclear }).facts).toContainEqual([
      'Moved first',
      words,
    ]);
  });
  test('that ends, or without data of the cause, names none', () => {
    const resolved = { ...content, message: 'resolved' as const, resolved_at: at + 60_000 };
    for (const said of [say([resolved], look), say([content], { ...look, insight: null })])
      expect(JSON.stringify(said)).not.toMatch(/Moved first|Likely cause/);
  });
  test('escapes hostile text of a cause, and stays within the limits of Slack', () => {
    const text = `<!channel> & <https://evil.example|x> \u202e${'x'.repeat(5000)}`;
    const statement = { id: 'a', text, state: 'new' as const, ratio: null };
    const wait = { name: '<!here>', sessions: 2 };
    const hostile = { ...look, insight: { ...insight, statement, wait } };
    const body = JSON.stringify(slackBody(say([content], hostile), 'D1', hostile, false));
    expect(body).not.toMatch(/<!|<https:\/\/evil|\u202e/);
    expect(body).toContain('&lt;!channel&gt; &amp; &lt;https://evil.example|x&gt;');
    expect(body.length).toBeLessThan(10_000);
  });
});
