/** Who could take over from the primary, the best first, and why. Pure. */
import { type Member, presentFacts } from './find-upstream';
import type { Link } from './replication-verdict';
import type { Divergence } from './split-brain';

/** How one member differs from the primary; only what was read of both is compared. */
export type Drift = {
  /** Names of settings. */
  settings: string[];
  extensions: string[];
  version: { own: string; primary: string } | null;
};

export type CandidateReason =
  | 'synchronous'
  | 'least_behind'
  | 'same_settings'
  | 'settings_differ'
  | 'extensions_differ'
  | 'version_differs'
  | 'drift_unknown'
  | 'delayed'
  | 'not_replicating'
  | 'behind_unknown'
  | 'errant'
  | 'not_a_source'
  | 'cascade';

export type Candidate = {
  instance: string;
  /** What of the primary's writes has not reached it: lost if it took over now. Null is unknown. */
  lossMs: number | null;
  lossBytes: number | null;
  /** What has to be applied before it can. */
  applyMs: number | null;
  lagBytes: number | null;
  /** Whether nothing speaks against it. */
  fit: boolean;
  reasons: { code: CandidateReason; detail: string | null }[];
};

const against: ReadonlySet<CandidateReason> = new Set<CandidateReason>([
  ...(['extensions_differ', 'delayed', 'not_replicating'] as const),
  ...(['behind_unknown', 'errant', 'not_a_source'] as const),
]);

export function rankCandidates({
  members,
  primary,
  links,
  diverged,
  now,
  drift,
}: {
  members: readonly Member[];
  primary: Member | null;
  links: readonly Link[];
  diverged: readonly Divergence[];
  now: number;
  drift: ReadonlyMap<string, Drift>;
}): Candidate[] {
  const found = members.flatMap((member): Candidate[] => {
    const facts = presentFacts(member, now);
    const mine = links.filter(({ instance }) => instance === member.instance);
    // One that collects from several sources is a copy of none of them.
    const [link] = mine;
    if (member === primary || facts === null || link === undefined || mine.length > 1) return [];
    const lossMs = lossOf(link, link.lag.shippingMs);
    const lossBytes = lossOf(link, link.lag.shippingBytes);
    const reasons: Candidate['reasons'] = [];
    const say = (code: CandidateReason, detail: string | null = null) =>
      reasons.push({ code, detail });
    if (link.sync === 'sync' || link.sync === 'quorum') say('synchronous');
    if (['stopped', 'disconnected', 'unknown'].includes(link.state))
      say('not_replicating', link.cause);
    if (lossMs === null && lossBytes === null && facts.group === null) say('behind_unknown');
    if (link.configuredDelayMs > 0) say('delayed');
    const errant = diverged.find(({ instance }) => instance === member.instance);
    if (errant) say('errant', errant.detail);
    if (facts.canBeSource === false) say('not_a_source');
    if (link.upstream !== null && primary !== null && link.upstream !== primary.instance)
      say('cascade');
    sayDrift(drift.get(member.instance), say);
    const fit = !reasons.some(({ code }) => against.has(code));
    const { applyingMs: applyMs, bytes: lagBytes } = link.lag;
    return [{ instance: member.instance, lossMs, lossBytes, applyMs, lagBytes, fit, reasons }];
  });
  found.sort(
    (a, b) =>
      Number(b.fit) - Number(a.fit) ||
      // Less than a second apart is the time between two readings.
      Math.round(known(a.lossMs) / 1000) - Math.round(known(b.lossMs) / 1000) ||
      Number(has(b, 'synchronous')) - Number(has(a, 'synchronous')) ||
      Number(has(a, 'cascade')) - Number(has(b, 'cascade')) ||
      differences(a) - differences(b) ||
      known(a.lossBytes) - known(b.lossBytes) ||
      known(a.applyMs) - known(b.applyMs) ||
      a.instance.localeCompare(b.instance),
  );
  const [best] = found;
  if (best?.fit && found.length > 1 && best.lossMs !== null)
    best.reasons.unshift({ code: 'least_behind', detail: null });
  return found;
}

/** What the sender had when it was last heard is known; what came since is not, unless both sides were seen. */
const lossOf = ({ state }: Link, gap: number | null) => (state === 'unknown' ? null : gap);

function sayDrift(
  drift: Drift | undefined,
  say: (code: CandidateReason, detail?: string | null) => void,
) {
  if (drift === undefined) return say('drift_unknown');
  const { settings, extensions, version } = drift;
  if (version !== null) say('version_differs', `${version.own} ≠ ${version.primary}`);
  if (extensions.length > 0) say('extensions_differ', shorten(extensions));
  if (settings.length > 0) say('settings_differ', shorten(settings));
  if (version === null && extensions.length === 0 && settings.length === 0) say('same_settings');
}

const shorten = (names: string[]) =>
  names.length > 8 ? `${names.slice(0, 8).join(', ')}, +${names.length - 8}` : names.join(', ');
const known = (value: number | null) => value ?? Number.MAX_VALUE;
const has = ({ reasons }: Candidate, wanted: CandidateReason) =>
  reasons.some(({ code }) => code === wanted);
const differences = ({ reasons }: Candidate) =>
  reasons.filter(({ code }) => /differ/.test(code)).length;
