/** Which of the three storeys moved first, with the evidence, or an honest "cannot tell". Pure. */
import { type Change, type Watched, watchSeries } from './change-point';

export const layers = ['application', 'database', 'infrastructure'] as const;
export type LayerName = (typeof layers)[number];

/** One series that stands for its layer. */
export type Headline = Watched & {
  layer: LayerName;
  /** Such as `p95_ms` or `lock_waits`: what the words for it are found by. */
  id: string;
  /** Whose it is, when a layer has several: an instance, a service. */
  of?: string;
  /**
   * `demand` is what others ask of the layer (requests, statements, I/O), `symptom` what others feel of it (latency, errors,
   * waits), `resource` how much of something is used (processor, disk), `work` what the layer does for itself (rows read).
   */
  role: 'demand' | 'symptom' | 'resource' | 'work';
  stepMs: number;
};

export type Evidence = Change & Pick<Headline, 'layer' | 'id' | 'of' | 'role'>;

export type LayerMove = {
  layer: LayerName;
  at: number;
  /** Strongest first. */
  evidence: Evidence[];
};

export type LayerVerdict = {
  /** `unknown`: too little is measured to say that nothing moved. */
  state: 'calm' | 'moved' | 'recovered' | 'unknown';
  /** The layer in which the problem is; null when that cannot be told. */
  first: LayerName | null;
  /**
   * Why that layer: it alone moved, it moved before the others, more was asked of it from above, it keeps the layer above
   * waiting while it does no more work itself, or the way between two layers is slow. `order` null: cannot tell.
   */
  because: 'alone' | 'before' | 'demand' | 'work' | 'saturated' | 'between' | null;
  /** In order of time. */
  moves: LayerMove[];
  calm: LayerName[];
  unmeasured: LayerName[];
};

/** Changes are looked for in the last quarter of an hour, the reference is the time before. */
export const lookedAtMs = 15 * 60_000;
/** Two changes nearer than this and the steps of their series are at the same time. */
const sameTimeMs = 5_000;

/**
 * @param now epoch ms; points after it are not looked at
 */
export function layerVerdict(headlines: readonly Headline[], now: number): LayerVerdict {
  const from = now - lookedAtMs;
  const known = new Set<LayerName>();
  const found: (Evidence & { stepMs: number })[] = [];
  for (const one of headlines) {
    const watched = watchSeries({ ...one, points: one.points.filter(([at]) => at <= now) }, from);
    if (watched.state === 'unknown') continue;
    known.add(one.layer);
    if (watched.state === 'changed') {
      const { layer, id, of, role, stepMs } = one;
      found.push({
        layer,
        id,
        role,
        stepMs,
        ...(of === undefined ? {} : { of }),
        ...watched.change,
      });
    }
  }
  const lasting = found.filter(({ endedAt }) => endedAt === null);
  const shown = lasting.length > 0 ? lasting : found;
  // More of something is no harm by itself: without a symptom or a full resource nothing is wrong.
  const harmful = shown.some(({ role }) => role === 'symptom' || role === 'resource');
  const calm = layers.filter(
    (layer) => known.has(layer) && !shown.some((one) => one.layer === layer),
  );
  const unmeasured = layers.filter((layer) => !known.has(layer));
  if (!harmful)
    return {
      ...{ state: known.size === 0 ? 'unknown' : 'calm', first: null, because: null, moves: [] },
      ...{ calm: layers.filter((layer) => known.has(layer)), unmeasured },
    };
  const moves = layers
    .flatMap((layer): LayerMove[] => {
      const evidence = shown
        .filter((one) => one.layer === layer)
        .map(({ stepMs: _, ...one }) => one)
        .toSorted((a, b) => b.strength - a.strength);
      const [first] = evidence;
      return first ? [{ layer, evidence, at: Math.min(...evidence.map(({ at }) => at)) }] : [];
    })
    .toSorted((a, b) => a.at - b.at);
  return {
    state: lasting.length > 0 ? 'moved' : 'recovered',
    ...firstOf(shown),
    ...{ moves, calm, unmeasured },
  };
}

type Found = Evidence & { stepMs: number };
type First = Pick<LayerVerdict, 'first' | 'because'>;

/** What others wait for: of a resource much is left below this share, however much more of it is used than before. */
const scarceShare = 0.6;
const isFelt = ({ role, after }: Found) =>
  role === 'symptom' || (role === 'resource' && after >= scarceShare);

/** Statements are counted when they end: the machine shows what they do before the database does. */
const workSeenLateMs = 120_000;

function firstOf(found: readonly Found[]): First {
  const earliest = (wanted: (one: Found) => boolean): Found | undefined =>
    found.filter(wanted).toSorted((a, b) => a.at - b.at)[0];
  const of = (layer: LayerName, ...roles: Headline['role'][]) =>
    earliest((one) => one.layer === layer && (roles.length === 0 || roles.includes(one.role)));
  const moved = layers.flatMap((layer) => of(layer) ?? []).toSorted((a, b) => a.at - b.at);
  const [first, second] = moved;
  if (!first) return { first: null, because: null };
  const felt = (layer?: LayerName) =>
    earliest((one) => isFelt(one) && (layer === undefined || one.layer === layer));
  const feltBelow = felt('database');
  const feltLowest = felt('infrastructure');

  // The application waits longer for the database than the database works: what is slow lies between them.
  const between = earliest(({ id }) => id === 'database_time_ms');
  const lost = earliest(({ id }) => id === 'network_retransmits');
  const more = of('application', 'work');
  if (between && !more && !feltBelow && (!feltLowest || lost))
    return { first: 'infrastructure', because: 'between' };
  if (!second) return { first: first.layer, because: 'alone' };

  // More requests come in, or each asks the database for more: what is below has more to do.
  const asked = of('application', 'demand', 'work');
  const feltFirst = felt();
  if (asked && feltFirst && asked.at <= feltFirst.at + asked.stepMs + sameTimeMs)
    return { first: 'application', because: 'demand' };

  // A machine is busy because of what the database does, or busy by itself, which slows the database.
  const worked = of('database', 'work', 'demand');
  if (feltLowest && worked && worked.at <= feltLowest.at + workSeenLateMs)
    return { first: 'database', because: 'work' };

  // A layer that only did more, and no sooner than others suffered, is not where it began.
  const suspects = moved.filter(
    (one) =>
      felt(one.layer) !== undefined ||
      feltFirst === undefined ||
      one.at < feltFirst.at - Math.max(one.stepMs, feltFirst.stepMs) - sameTimeMs,
  );
  const [began = first, next] = suspects;
  const sameTime = (one: Found) =>
    one.at - began.at <= Math.max(began.stepMs, one.stepMs) + sameTimeMs;
  if (next === undefined || !sameTime(next)) return { first: began.layer, because: 'before' };
  // Together: the layer below keeps the one above waiting. The other way about, it would be asked for more.
  const together = suspects.filter(sameTime).map(({ layer }) => layer);
  const lowest = layers.toReversed().find((layer) => together.includes(layer));
  return lowest === undefined
    ? { first: null, because: null }
    : { first: lowest, because: 'saturated' };
}
