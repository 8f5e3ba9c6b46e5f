import type { PlanActual, PlanNode } from '@/lib/contract';
import { number, type RawNode, records, text } from './raw-plan';

/**
 * What an execution showed of a node; undefined when it was only planned. PostgreSQL gives rows removed per loop.
 * Times are added by {@link addTimes}, which sees the whole tree.
 */
export function actualOf(raw: RawNode): PlanActual | undefined {
  const loops = number(raw['Actual Loops']);
  if (loops === null) return undefined;
  const perLoop = (name: string) => {
    const value = number(raw[name]);
    return value === null ? null : Math.round(value * loops);
  };
  return {
    loops,
    never_executed: loops === 0,
    self_ms: null,
    rows_removed: {
      // Named where there is such a condition; the text form leaves out a zero.
      filter: raw.Filter ? (perLoop('Rows Removed by Filter') ?? 0) : null,
      join_filter: raw['Join Filter'] ? (perLoop('Rows Removed by Join Filter') ?? 0) : null,
      recheck: perLoop('Rows Removed by Index Recheck') || null,
    },
    buffers: buffersOf(raw),
    sort: sortOf(raw),
    hash: hashOf(raw),
    aggregate: aggregateOf(raw),
    heap_fetches: number(raw['Heap Fetches']),
    exact_blocks: number(raw['Exact Heap Blocks']) || null,
    lossy_blocks: number(raw['Lossy Heap Blocks']) || null,
  };
}

export function workersOf(raw: RawNode): PlanNode['workers'] {
  const planned = number(raw['Workers Planned']);
  return planned === null ? undefined : { planned, launched: number(raw['Workers Launched']) };
}

/** Null when nothing was counted: the text form prints no line of zeroes, so neither do we tell them apart. */
function buffersOf(raw: RawNode): PlanActual['buffers'] {
  const sum = (what: string) =>
    (number(raw[`Shared ${what} Blocks`]) ?? 0) + (number(raw[`Local ${what} Blocks`]) ?? 0);
  const found = {
    hit: sum('Hit'),
    read: sum('Read'),
    dirtied: sum('Dirtied'),
    written: sum('Written'),
    temp_read: number(raw['Temp Read Blocks']) ?? 0,
    temp_written: number(raw['Temp Written Blocks']) ?? 0,
  };
  return Object.values(found).some((value) => value > 0) ? found : null;
}

function sortOf(raw: RawNode): PlanActual['sort'] {
  const groups = [raw['Full-sort Groups'], raw['Pre-sorted Groups']].flatMap((one) =>
    records([one]),
  );
  if (groups.length > 0) {
    const methods = groups.flatMap((one) => one['Sort Methods Used']).filter(Boolean);
    const peak = (name: string) => {
      const kb = groups
        .flatMap((one) => records([one[name]]))
        .map((one) => number(one['Peak Sort Space Used']))
        .filter((one) => one !== null);
      return kb.length > 0 ? Math.max(...kb) : null;
    };
    const method = [...new Set(methods.map(String))].join(', ');
    return { method, memory_kb: peak('Sort Space Memory'), disk_kb: peak('Sort Space Disk') };
  }
  const all = [raw, ...records(raw.Workers)].filter((one) => text(one['Sort Method']) !== null);
  if (all.length === 0) return null;
  const onDisk = all.filter((one) => one['Sort Space Type'] === 'Disk');
  const shown = onDisk[0] ?? (all[0] as RawNode);
  const kb = (of: RawNode[]) =>
    of.reduce((sum, one) => sum + (number(one['Sort Space Used']) ?? 0), 0);
  return {
    method: text(shown['Sort Method']) as string,
    memory_kb: onDisk.length === all.length ? null : kb(all.filter((one) => !onDisk.includes(one))),
    disk_kb: onDisk.length > 0 ? kb(onDisk) : null,
  };
}

function hashOf(raw: RawNode): PlanActual['hash'] {
  const batches = number(raw['Hash Batches']);
  if (batches === null) return null;
  return {
    batches,
    planned_batches: number(raw['Original Hash Batches']) ?? batches,
    memory_kb: number(raw['Peak Memory Usage']),
  };
}

function aggregateOf(raw: RawNode): PlanActual['aggregate'] {
  const all = [raw, ...records(raw.Workers)].filter(
    (one) => number(one['HashAgg Batches']) !== null,
  );
  if (all.length === 0) return null;
  const of = (name: string) => all.map((one) => number(one[name]) ?? 0);
  return {
    batches: Math.max(...of('HashAgg Batches')),
    memory_kb: Math.max(...of('Peak Memory Usage')),
    disk_kb: of('Disk Usage').reduce((sum, one) => sum + one, 0) || null,
  };
}
