import type { RawNode } from './raw-plan';

const bare: Readonly<Record<string, string>> = {
  Buckets: 'Hash Buckets',
  Hits: 'Cache Hits',
  Misses: 'Cache Misses',
  Evictions: 'Cache Evictions',
  Overflows: 'Cache Overflows',
  'Memory Usage': 'Peak Memory Usage',
  'Planned Partitions': 'Planned Partitions',
  'Disk Usage': 'Disk Usage',
};

/** Figures and names are short. */
const longestFact = 500;

/** A line below a node's first, `Name: value`, as its parts in FORMAT JSON. */
export function readProperty(raw: RawNode, line: string): void {
  const colon = line.indexOf(': ');
  if (colon < 0) return;
  const name = line.slice(0, colon);
  const value = line.slice(colon + 2);
  if (!isCondition.test(name) && value.length > longestFact) {
    raw[name] = value;
    return;
  }
  if (name === 'Buffers') readBuffers(raw, value);
  else if (name === 'Heap Blocks') {
    for (const [, kind, count] of value.matchAll(/(exact|lossy)=(\d+)/g))
      raw[`${kind === 'exact' ? 'Exact' : 'Lossy'} Heap Blocks`] = Number(count);
  } else if (name === 'Sort Method') readSort(raw, value);
  else if (name === 'Sampling') {
    const [, method = value, given] = /^(.*?) \((.*)\)/s.exec(value) ?? [];
    raw['Sampling Method'] = method;
    if (given !== undefined) raw['Sampling Parameters'] = given;
  } else if (/^(Full-sort|Pre-sorted) Groups$/.test(name)) readGroups(raw, name, value);
  else if (name === 'Storage') {
    const [, storage, kb] = /^(\S+)\s+Maximum Storage: (\d+)kB$/.exec(value) ?? [];
    if (storage) Object.assign(raw, { Storage: storage, 'Maximum Storage': Number(kb) });
  } else if (bare[name] !== undefined || name === 'Batches') readFigures(raw, line);
  else if (/^(Hash|Group|Sort) Key$/.test(name)) readKey(raw, name, value, line);
  else if (/^(WAL|I\/O Timings|Estimates|Worker \d+)$/.test(name)) return;
  else if (/^(true|false)$/.test(value)) raw[name] = value === 'true';
  else if (isCondition.test(name)) raw[name] = value;
  else raw[name] = /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
}
/** A condition that is one number is no figure. */
const isCondition = /^(?!Rows Removed ).*(Filter|Cond|Key|Output|Order By|Call|Parameters)$/;

/** Several keys are grouping sets; one alone is the key. */
function readKey(raw: RawNode, name: string, value: string, line: string): void {
  if (raw['Node Type'] !== 'Aggregate') {
    raw[name] = value;
    return;
  }
  const sets = raw['Grouping Sets'];
  if (Array.isArray(sets)) sets.push(line);
  else if (name !== 'Group Key') raw['Grouping Sets'] = [...keyLine(raw), line];
  else if (raw['Group Key'] !== undefined) raw['Grouping Sets'] = [...keyLine(raw), line];
  else raw['Group Key'] = value;
}
function keyLine(raw: RawNode): string[] {
  const before = raw['Group Key'];
  delete raw['Group Key'];
  return before === undefined ? [] : [`Group Key: ${before}`];
}

/** `shared hit=5 read=3, temp read=1 written=2` */
export function readBuffers(raw: RawNode, value: string): void {
  for (const part of value.split(/,\s*/)) {
    const [, kind = '', counts = ''] = /^(shared|local|temp) (.*)$/.exec(part) ?? [];
    for (const [, what = '', count] of counts.matchAll(/(hit|read|dirtied|written)=(\d+)/g))
      raw[`${capital(kind)} ${capital(what)} Blocks`] = Number(count);
  }
}
const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

/** `external merge  Disk: 2056kB` */
function readSort(raw: RawNode, value: string): void {
  const [, method = value, type, kb] = /^(.*?)\s{2,}(Memory|Disk): (\d+)kB$/.exec(value) ?? [];
  raw['Sort Method'] = method;
  if (type) Object.assign(raw, { 'Sort Space Type': type, 'Sort Space Used': Number(kb) });
}

/** `16  Sort Method: quicksort  Average Memory: 27kB  Peak Memory: 27kB` */
function readGroups(raw: RawNode, name: string, value: string): void {
  const [, count, methods = ''] = /^(\d+)\s+Sort Methods?: (.*?)(?:\s{2}|$)/.exec(value) ?? [];
  const group: RawNode = { 'Group Count': Number(count), 'Sort Methods Used': methods.split(', ') };
  for (const [, type, average, peak] of value.matchAll(
    /Average (Memory|Disk): (\d+)kB\s+Peak \1: (\d+)kB/g,
  ))
    group[`Sort Space ${type}`] = {
      'Average Sort Space Used': Number(average),
      'Peak Sort Space Used': Number(peak),
    };
  raw[name] = group;
}

/** `Buckets: 4096 (originally 1024)  Batches: 1 (originally 1)  Memory Usage: 144kB` */
function readFigures(raw: RawNode, line: string): void {
  const batches = /\bBuckets: /.test(line) ? 'Hash Batches' : 'HashAgg Batches';
  for (const [, name = '', count, original] of line.matchAll(
    /([A-Z][A-Za-z ]*?): (\d+)(?:kB)?(?: \(originally (\d+)\))?/g,
  )) {
    const known = name === 'Batches' ? batches : bare[name];
    if (!known) continue;
    raw[known] = Number(count);
    if (original !== undefined) raw[`Original ${known}`] = Number(original);
  }
}
