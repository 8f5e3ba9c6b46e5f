/** Growth of every digest since the reading before; truncation, restart and a strange server told apart. Pure. */
import type { Partial, StatementGrowth } from '@/collectors/run/statements-reader';
import { type DigestRow, digestCounters } from './digest-table';

export type Life = { startedAt: string | null; systemIdentifier: string | null };

/** The base line: what each row of the digest table counted when it was last read. */
export type DigestBase = { life: Life; rows: Map<string, DigestRow[]> };

export type Grown = {
  partial: Partial | null;
  growth: Map<string, StatementGrowth>;
};

/** Rows of one digest made this close to each other stand side by side; a later one took the place of the earlier. */
const sideBySideMs = 2_000;

/** Another server answers, or the same after a restart, which throws all counts away. */
export function lifeBreak(before: Life, now: Life): 'failover' | 'restart' | null {
  if (
    before.systemIdentifier !== null &&
    now.systemIdentifier !== null &&
    before.systemIdentifier !== now.systemIdentifier
  )
    return 'failover';
  if (before.startedAt === null || now.startedAt === null) return null;
  // Made of two clocks of whole seconds.
  return Math.abs(Number(now.startedAt) - Number(before.startedAt)) > 1.5 ? 'restart' : null;
}

export function baseOf(life: Life, rows: readonly DigestRow[]): DigestBase {
  const base: DigestBase = { life, rows: new Map() };
  for (const row of rows) base.rows.set(row.key, [...(base.rows.get(row.key) ?? []), row]);
  return base;
}

/**
 * Moves the base line on. A row that was made anew counts from nothing, which is what it did since: between the reading
 * before and a truncation something may be missing, so the reading is marked.
 * @param rows those counted in since the reading before, with a margin
 * @param whole all rows there are
 */
export function grow(
  base: DigestBase,
  life: Life,
  rows: readonly DigestRow[],
  whole: boolean,
): Grown {
  const broken = lifeBreak(base.life, life);
  base.life = life;
  if (broken !== null) base.rows.clear();
  const growth = new Map<string, StatementGrowth>();
  if (broken === 'failover') {
    // Its past is not ours to count.
    for (const [key, list] of baseOf(life, rows).rows) base.rows.set(key, list);
    return { partial: 'failover', growth };
  }
  let renewed = false;
  for (const row of rows) {
    const known = base.rows.get(row.key) ?? [];
    const place = known.findIndex(({ firstSeen }) => firstSeen === row.firstSeen);
    const old = known[place];
    const fell = old !== undefined && (row.values[0] ?? 0) < (old.values[0] ?? 0);
    const replaced = old === undefined && known.some((one) => isOlder(one, row));
    if (fell || replaced) renewed = true;
    const amounts = difference(fell ? undefined : old, row);
    const before = growth.get(row.key);
    if (amounts.calls > 0 || amounts.totalMs > 0)
      growth.set(row.key, before === undefined ? amounts : plus(before, amounts));
    if (old !== undefined) known[place] = row;
    else base.rows.set(row.key, [...known.filter((one) => !isOlder(one, row)), row]);
  }
  if (whole && forgetOthers(base, rows)) renewed = true;
  return { partial: broken ?? (renewed ? 'reset' : null), growth };
}

const timeOf = (text: string) => Date.parse(`${text.replace(' ', 'T')}Z`);
const isOlder = (one: DigestRow, than: DigestRow) =>
  timeOf(than.firstSeen) - timeOf(one.firstSeen) > sideBySideMs;

/** Rows only go when all do. @returns whether any went */
function forgetOthers(base: DigestBase, rows: readonly DigestRow[]): boolean {
  const there = new Set(rows.map(({ key, firstSeen }) => `${key} ${firstSeen}`));
  let gone = false;
  for (const [key, list] of base.rows) {
    const left = list.filter(({ firstSeen }) => there.has(`${key} ${firstSeen}`));
    if (left.length === list.length) continue;
    gone = true;
    if (left.length > 0) base.rows.set(key, left);
    else base.rows.delete(key);
  }
  return gone;
}

function difference(old: DigestRow | undefined, row: DigestRow): StatementGrowth {
  const amounts = Object.fromEntries(
    digestCounters.map(([field], i) => [
      field,
      Math.max(0, (row.values[i] ?? 0) - (old?.values[i] ?? 0)),
    ]),
  ) as Record<(typeof digestCounters)[number][0], number>;
  return { ...amounts, rows: amounts.rowsSent + amounts.rowsAffected };
}

export function plus(a: StatementGrowth, b: StatementGrowth): StatementGrowth {
  const sum = { ...a };
  for (const name of Object.keys(b) as (keyof StatementGrowth)[])
    Object.assign(sum, { [name]: (a[name] ?? 0) + (b[name] ?? 0) });
  return sum;
}
