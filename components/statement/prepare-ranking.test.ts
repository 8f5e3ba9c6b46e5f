import { describe, expect, it } from 'vitest';
import { changeOf, rankingSentence } from './prepare-ranking';

const row = (share: number | null, calls = 10) => ({ share, calls, mean_ms: 1 });

describe('rankingSentence', () => {
  it('names the one statement that makes most of the load', () => {
    expect(rankingSentence([row(0.1), row(0.7, 3)], { calls: 13, total_ms: 50 })).toEqual({
      kind: 'one',
      share: 0.7,
      calls: 3,
      meanMs: 1,
    });
  });

  it('counts the few that together make most of it', () => {
    const sentence = rankingSentence([row(0.35), row(0.3), row(0.05)], {
      calls: 30,
      total_ms: 100,
    });
    expect(sentence).toMatchObject({ kind: 'few', count: 2, calls: 20 });
  });

  it('says when nothing stands out', () => {
    const rows = Array.from({ length: 20 }, () => row(0.05));
    expect(rankingSentence(rows, { calls: 200, total_ms: 9 })).toMatchObject({ kind: 'even' });
  });

  it('does not call even what is mostly hidden from the login', () => {
    const mostly = { total_ms: 9900 };
    expect(rankingSentence([row(0.006)], { calls: 90, total_ms: 100 }, mostly)).toEqual({
      kind: 'hidden',
      share: 0.99,
    });
    expect(rankingSentence([row(0.7)], { calls: 90, total_ms: 100 }, { total_ms: 20 }).kind).toBe(
      'one',
    );
  });

  it('tells unknown from quiet', () => {
    expect(rankingSentence([], { calls: null, total_ms: null }).kind).toBe('unknown');
    expect(rankingSentence([], { calls: 0, total_ms: 0 }).kind).toBe('quiet');
  });
});

describe('changeOf', () => {
  it('is unknown when the window before is', () => {
    expect(changeOf(5, null)).toEqual({ kind: 'unknown' });
    expect(changeOf(null, 5)).toEqual({ kind: 'unknown' });
  });

  it('is new when it did not run before', () => {
    expect(changeOf(5, 0)).toEqual({ kind: 'new' });
  });

  it('calls a small difference the same', () => {
    expect(changeOf(102, 100)).toEqual({ kind: 'same' });
    expect(changeOf(150, 100)).toEqual({ kind: 'more', ratio: 0.5 });
    expect(changeOf(25, 100)).toEqual({ kind: 'less', ratio: 0.75 });
  });
});
