import { describe, expect, it } from 'vitest';
import { type Headline, layerVerdict } from './layer-verdict';
import { play, scenarios, stepMs } from './scenarios';

const hourMs = 3_600_000;
const now = Date.UTC(2026, 10, 23, 14, 0, 0);
const seeds = [1, 2, 3, 4, 5];

/** The verdict some minutes after a scenario began. */
function verdictOf(scenario: (typeof scenarios)[number], seed: number) {
  const beginsAt = now - (200 + seed * 40) * 1000;
  const headlines = play(scenario, { from: now - hourMs, to: now, beginsAt, seed: seed * 7919 });
  return { verdict: layerVerdict(headlines, now), beginsAt };
}

describe('layerVerdict', () => {
  it('names the right layer in nine of ten labelled incidents, and most of the time in each', () => {
    const wrong: string[] = [];
    for (const scenario of scenarios) {
      const missed = seeds.filter(
        (seed) => verdictOf(scenario, seed).verdict.first !== scenario.first,
      );
      for (const seed of missed) {
        const { verdict } = verdictOf(scenario, seed);
        wrong.push(
          `${scenario.name} (${seed}): ${verdict.first ?? verdict.state}, because ${verdict.because}`,
        );
      }
      expect(missed.length, `${scenario.name}\n${wrong.join('\n')}`).toBeLessThan(seeds.length / 2);
    }
    expect(scenarios.length).toBeGreaterThanOrEqual(40);
    expect(wrong.length, wrong.join('\n')).toBeLessThanOrEqual(
      scenarios.length * seeds.length * 0.1,
    );
  });

  it('tells when it began to within half a minute', () => {
    const storm = scenarios.find(({ name }) => name.startsWith('lock storm, the application'));
    if (!storm) throw new Error('no such scenario');
    for (const seed of seeds) {
      const { verdict, beginsAt } = verdictOf(storm, seed);
      const [first, second] = verdict.moves;
      expect(first?.layer).toBe('database');
      expect(Math.abs((first?.at ?? 0) - beginsAt)).toBeLessThanOrEqual(30_000);
      expect(second?.layer).toBe('application');
      expect(((second?.at ?? 0) - (first?.at ?? 0)) / 1000).toBeGreaterThanOrEqual(20);
      expect(verdict.calm).toEqual(['infrastructure']);
    }
  });

  it('says nothing in 24 h of noise, asked each minute', () => {
    const from = now - 25 * hourMs;
    const day = play({ effects: [] }, { from, to: now, beginsAt: now, seed: 42 });
    const said: string[] = [];
    for (let at = from + hourMs; at <= now; at += 60_000) {
      const first = Math.round((at - hourMs - from) / stepMs);
      const window = day.map((one) => ({ ...one, points: one.points.slice(first, first + 361) }));
      const verdict = layerVerdict(window, at);
      if (verdict.state !== 'calm')
        said.push(
          `${new Date(at).toISOString()} ${verdict.first} ${verdict.moves.flatMap(({ evidence }) => evidence.map(({ id, strength }) => `${id} ${strength.toFixed(1)}`))}`,
        );
    }
    expect(said).toEqual([]);
  }, 60_000);

  it('says that it is over when it is', () => {
    const from = now - hourMs;
    const begins = now - 8 * 60_000;
    const storm = play(
      {
        effects: [
          ['lock_waits', 160],
          ['p95_ms', 5],
        ],
      },
      { from, to: now, beginsAt: begins, seed: 3 },
    );
    const calm = play({ effects: [] }, { from, to: now, beginsAt: now, seed: 3 });
    const over = storm.map((one, index) => ({
      ...one,
      points: one.points.map((point, n) =>
        point[0] < begins + 180_000 ? point : (calm[index]?.points[n] ?? point),
      ),
    }));
    expect(layerVerdict(over, now)).toMatchObject({ state: 'recovered', first: 'database' });
  });

  it('leaves out what is usual at this hour', () => {
    const nightly = play(
      {
        effects: [
          ['load', 6],
          ['mean_ms', 5],
        ],
      },
      { from: now - hourMs, to: now, beginsAt: now - 300_000, seed: 9 },
    );
    expect(layerVerdict(nightly, now).first).toBe('database');
    const known = nightly.map((one): Headline => {
      const level = { load: 7, mean_ms: 8 }[one.id];
      return level === undefined ? one : { ...one, usual: () => ({ median: level, spread: 1 }) };
    });
    expect(layerVerdict(known, now)).toMatchObject({ state: 'calm', first: null });
  });

  it('names what is not measured, and does not call it calm', () => {
    const storm = play(
      { effects: [['lock_waits', 160]] },
      { from: now - hourMs, to: now, beginsAt: now - 300_000, seed: 5 },
    );
    const alone = storm.filter(({ layer }) => layer === 'database');
    expect(layerVerdict(alone, now)).toMatchObject({
      ...{ first: 'database', because: 'alone', calm: [] },
      unmeasured: ['application', 'infrastructure'],
    });
    const silent = storm.map((one) => ({
      ...one,
      points: one.points.map(([at]) => [at, null] as const),
    }));
    expect(layerVerdict(silent, now)).toMatchObject({ state: 'unknown', first: null, calm: [] });
    expect(layerVerdict([], now).state).toBe('unknown');
  });

  it('says nothing of a shift below the floor, however long it lasts and however steady the series is', () => {
    const steady = (id: string, before: number, after: number, floor: number): Headline => ({
      ...{ layer: 'database', id, role: 'symptom', worse: 'up', floor, stepMs },
      points: Array.from({ length: 361 }, (_, n) => {
        const at = now - hourMs + n * stepMs;
        return [at, (at < now - 600_000 ? before : after) * (1 + (n % 3) / 1000)] as const;
      }),
    });
    expect(layerVerdict([steady('mean_ms', 0.34, 0.72, 1)], now).state).toBe('calm');
    expect(layerVerdict([steady('mean_ms', 0.34, 4.2, 1)], now).state).toBe('moved');
  });

  it('takes one wild reading for nothing', () => {
    const calm = play({ effects: [] }, { from: now - hourMs, to: now, beginsAt: now, seed: 8 });
    const wild = calm.map((one) => ({
      ...one,
      points: one.points.map(
        ([at, value]) =>
          [at, at === now - 240_000 && value !== null ? value * 1000 + 1e6 : value] as const,
      ),
    }));
    expect(layerVerdict(wild, now).state).toBe('calm');
  });
});
