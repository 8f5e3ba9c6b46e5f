/** Sets of global transaction ids as MySQL and MariaDB write them. Pure. */

type Interval = [from: bigint, to: bigint];
/** Intervals by origin: a UUID, or `uuid:tag` (MySQL 8.3 and later). */
export type GtidSet = Map<string, Interval[]>;

/**
 * `uuid:1-5:7, uuid2:tag:1-3` ("GTID Sets", MySQL manual): a tag holds for the intervals behind it. Null for text of
 * another shape: what cannot be read is unknown, not empty.
 */
export function parseGtidSet(text: string): GtidSet | null {
  const set: GtidSet = new Map();
  for (const part of text.split(',')) {
    const [origin = '', ...rest] = part.trim().toLowerCase().split(':');
    if (origin === '' && rest.length === 0) continue;
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(origin)) return null;
    let key = origin;
    for (const piece of rest) {
      const [, from, to] = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(piece) ?? [];
      if (from !== undefined) {
        const list = set.get(key) ?? [];
        list.push([BigInt(from), BigInt(to ?? from)]);
        set.set(key, list);
      } else if (/^\s*[a-z_][a-z0-9_]{0,31}\s*$/.test(piece)) key = `${origin}:${piece.trim()}`;
      else return null;
    }
  }
  return set;
}

/** How many transactions of `all` are not in `done`; null when either cannot be read. */
export function missingTransactions(all: string | null, done: string | null): number | null {
  const wanted = all === null ? null : parseGtidSet(all);
  const have = done === null ? null : parseGtidSet(done);
  if (wanted === null || have === null) return null;
  let missing = 0n;
  for (const [key, intervals] of wanted) {
    const merged = merge(intervals);
    missing += size(merged) - overlap(merged, merge(have.get(key) ?? []));
  }
  return Number(missing);
}

/** What is in `all` and not in `done`, origin by origin. */
export function subtractSet(all: GtidSet, done: GtidSet): GtidSet {
  const rest: GtidSet = new Map();
  for (const [key, intervals] of all) {
    let left = merge(intervals);
    for (const [from, to] of merge(done.get(key) ?? []))
      left = left.flatMap(([a, b]): Interval[] => {
        if (to < a || from > b) return [[a, b]];
        return [
          ...(a < from ? [[a, from - 1n] as Interval] : []),
          ...(b > to ? [[to + 1n, b] as Interval] : []),
        ];
      });
    if (left.length > 0) rest.set(key, left);
  }
  return rest;
}

/** As MySQL writes it. */
export function formatGtidSet(set: GtidSet): string {
  return [...set]
    .map(
      ([key, intervals]) =>
        `${key}:${merge(intervals)
          .map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`))
          .join(':')}`,
    )
    .join(', ');
}

export const countOf = (set: GtidSet): number =>
  Number([...set.values()].reduce((sum, intervals) => sum + size(merge(intervals)), 0n));

function merge(intervals: Interval[]): Interval[] {
  const sorted = [...intervals].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const merged: Interval[] = [];
  for (const [from, to] of sorted) {
    const last = merged.at(-1);
    if (last && from <= last[1] + 1n) last[1] = larger(to, last[1]);
    else merged.push([from, to]);
  }
  return merged;
}

/** Math.max takes no bigint. */
function larger(a: bigint, b: bigint): bigint {
  if (a > b) return a;
  return b;
}

const size = (intervals: Interval[]) => intervals.reduce((sum, [a, b]) => sum + (b - a + 1n), 0n);

/** Of two merged lists. */
function overlap(one: Interval[], two: Interval[]): bigint {
  let [i, j, sum] = [0, 0, 0n];
  while (true) {
    const a = one[i];
    const b = two[j];
    if (!a || !b) return sum;
    const from = larger(a[0], b[0]);
    const to = a[1] === larger(a[1], b[1]) ? b[1] : a[1];
    if (from <= to) sum += to - from + 1n;
    if (a[1] < b[1]) i++;
    else j++;
  }
}

/**
 * MariaDB's positions, `domain-server-sequence` per domain: how many event groups of `received` are not in `applied`. A
 * position tells the last sequence number of each domain; those of a domain grow by one unless somebody set them. Null
 * when either cannot be read or nothing is told.
 */
export function missingEventGroups(received: string | null, applied: string | null): number | null {
  const from = received === null ? null : parsePosition(received);
  const done = applied === null ? null : parsePosition(applied);
  if (from === null || done === null || from.size === 0) return null;
  let missing = 0n;
  for (const [domain, sequence] of from) {
    const ahead = sequence - (done.get(domain) ?? 0n);
    if (ahead > 0n) missing += ahead;
  }
  return Number(missing);
}

function parsePosition(text: string): Map<string, bigint> | null {
  const position = new Map<string, bigint>();
  for (const part of text.split(',').map((one) => one.trim())) {
    if (part === '') continue;
    const [, domain, sequence] = /^(\d+)-\d+-(\d+)$/.exec(part) ?? [];
    if (domain === undefined || sequence === undefined) return null;
    position.set(domain, BigInt(sequence));
  }
  return position;
}
