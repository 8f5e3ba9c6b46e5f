/** How much one incident is like another, with what they share. Pure. */

/** What is known of one when it is opened; lists hold ids. */
export type Traits = {
  rules: string[];
  /** Statements whose load rose. */
  statements: string[];
  /** Wait classes that rose. */
  waits: string[];
  /** The layer that moved first. */
  layer: string | null;
};
export type Known = { cluster: string | null; traits: Traits };
export type Shared = {
  kind: 'cluster' | 'rule' | 'statement' | 'wait' | 'layer';
  values: string[];
};

/** A rule or a statement says more than a wait class, which says more than a layer. */
const weights = { rule: 3, statement: 3, cluster: 1.5, wait: 1, layer: 0.5 };
/** Less is no likeness: the same cluster and layer alone are. */
const least = 2;

const common = (a: readonly string[], b: readonly string[]) => a.filter((one) => b.includes(one));

/** Null when they have too little in common. The score has no unit: it orders. */
export function likeness(one: Known, other: Known): { score: number; shared: Shared[] } | null {
  const layer = one.traits.layer;
  const found: Shared[] = [
    { kind: 'rule', values: common(one.traits.rules, other.traits.rules) },
    { kind: 'statement', values: common(one.traits.statements, other.traits.statements) },
    { kind: 'wait', values: common(one.traits.waits, other.traits.waits) },
    { kind: 'layer', values: layer !== null && layer === other.traits.layer ? [layer] : [] },
    {
      kind: 'cluster',
      values: one.cluster !== null && one.cluster === other.cluster ? [one.cluster] : [],
    },
  ];
  const shared = found.filter(({ values }) => values.length > 0);
  // Of several statements in common each further one says less than the first.
  const score = shared.reduce(
    (sum, { kind, values }) => sum + weights[kind] * Math.sqrt(values.length),
    0,
  );
  return score >= least ? { score, shared } : null;
}
