/** Advice about a cluster: everything that speaks of what is worth changing, the most valuable first. */
import type { Pool } from 'pg';
import { adviseOnIndexes } from '@/lib/advice/all-rules';
import { missingIndexes } from '@/lib/advice/missing-index';
import { type DatabaseView, type Said, schemaOf } from '@/lib/advice/view';
import { withWhatIf } from '@/lib/advice/what-if';
import { notFound } from '@/lib/auth/http-error';
import type { AdviceBody, AdviceItem, InstanceBody } from '@/lib/contract';
import { groupBy } from './group-by';
import { adviceOfExecutions, adviceOfLoops, adviceOfTexts } from './read-habit-advice';
import { readInstances } from './read-instances';
import { adviceOfJoins } from './read-join-advice';
import { readTopStatements, type TopStatement } from './read-measured';
import { adviceOfSessions } from './read-session-advice';
import { readViews } from './read-views';
import { usesOf } from './statement-uses';
import { readWhatIfAnswers } from './what-if-answers';

/** What the sources of advice are given. */
export type AdviceContext = {
  db: Pool;
  /** All instances of the cluster, also when only one is asked about. */
  instances: readonly InstanceBody[];
  /** What each database holds. */
  views: readonly DatabaseView[];
  /** What took the most time in the window; being read, while other sources already read theirs. */
  statements: Promise<readonly TopStatement[]>;
  from: number;
  to: number;
};

export type AdviceSource = (context: AdviceContext) => Said | Promise<Said>;

/** Everything that advises. A new source is one line here; a new rule about indexes one in lib/advice/all-rules.ts. */
const sources: readonly AdviceSource[] = [
  adviceOfSchema,
  adviceOfMissingIndexes,
  adviceOfTexts,
  adviceOfJoins,
  adviceOfLoops,
  adviceOfExecutions,
  adviceOfSessions,
];

type Query = {
  instance?: string | undefined;
  cluster?: string | undefined;
  from: number;
  to: number;
};

/** @throws 404 when there is no such cluster or instance */
export async function readAdvice(db: Pool, query: Query): Promise<AdviceBody> {
  const { instances, asked } = await instancesOf(db, query);
  const reading = readTopStatements(db, { ...query, instanceIds: asked });
  reading.catch(() => undefined); // Thrown where it is awaited.
  const known = await readViews(db, instances, Date.now());
  const context = { ...query, db, instances, views: known.views, statements: reading };
  const [said, statements] = await Promise.all([allSaid(context), reading]);
  return {
    advice: said.advice.toSorted(mostValuableFirst),
    unavailable: [...known.not_said, ...said.not_said].filter(
      ({ instance }) => instance === '' || asked.includes(Number(instance)),
    ),
    statements: named(statements, said.advice),
    read_at: known.readAt,
  };
}

const longestText = 300;

/** Statements that advice names, each once, whatever the databases it ran in. */
function named(
  statements: readonly TopStatement[],
  advice: readonly AdviceItem[],
): AdviceBody['statements'] {
  const ids = new Set(advice.flatMap((item) => item.statements));
  return [...groupBy(statements, ({ id }) => id)].flatMap(([id, all]) =>
    ids.has(id)
      ? [
          {
            id,
            text: all[0]?.text.slice(0, longestText) ?? '',
            calls: all.reduce((sum, { calls }) => sum + calls, 0),
            total_ms: all.reduce((sum, { total_ms }) => sum + total_ms, 0),
          },
        ]
      : [],
  );
}

/** Advice that names one statement: the same as in the whole answer where the statement is among the dearest. */
export async function readStatementAdvice(
  db: Pool,
  query: { id: string; instanceIds: number[]; from: number; to: number },
): Promise<AdviceItem[]> {
  const { rows } = await db.query<{ cluster_id: number }>(
    'select distinct cluster_id from instance where id = any($1) limit 2',
    [query.instanceIds],
  );
  const cluster = rows[0];
  if (!cluster || rows.length > 1) return [];
  const instances = await readInstances(db, { clusterId: cluster.cluster_id });
  const known = await readViews(db, instances, Date.now());
  const { from, to, instanceIds } = query;
  const context = { from, to, db, instances, views: known.views };
  const key = [instanceIds, to - from, known.readAt, known.views.length].join(' ');
  const sayOf = async (statements: readonly TopStatement[]): Promise<Lately> => ({
    ids: new Set(statements.map(({ id }) => id)),
    advice: (await allSaid({ ...context, statements: Promise.resolve(statements) })).advice,
  });
  const dearest = await ofLate(key, to, async () =>
    sayOf(await readTopStatements(db, { instanceIds, from, to })),
  );
  const { advice } = dearest.ids.has(query.id)
    ? dearest
    : await ofLate(`${key} ${query.id}`, to, async () => sayOf(await readTopStatements(db, query)));
  return advice.filter((item) => item.statements.includes(query.id)).toSorted(mostValuableFirst);
}

type Lately = { ids: ReadonlySet<string>; advice: AdviceItem[] };
const latelyMs = 60_000;
const mostLately = 50;
const lately = new Map<string, { to: number; answer: Promise<Lately> }>();

/**
 * A statement's page asks every few seconds for a window that has moved on by as much: the advice of the dearest
 * statements is worked out once a minute for all such pages, and anew when an inventory is.
 */
function ofLate(key: string, to: number, work: () => Promise<Lately>): Promise<Lately> {
  const kept = lately.get(key);
  if (kept && Math.abs(to - kept.to) < latelyMs) return kept.answer;
  const answer = work();
  lately.delete(key);
  lately.set(key, { to, answer });
  answer.catch(() => lately.delete(key));
  for (const old of lately.keys()) {
    if (lately.size <= mostLately) break;
    lately.delete(old);
  }
  return answer;
}

async function instancesOf(db: Pool, query: Query) {
  const [one] = query.instance ? await readInstances(db, { id: Number(query.instance) }) : [];
  if (query.instance && (!one || (query.cluster && one.cluster_id !== query.cluster)))
    throw notFound('instance');
  const instances = await readInstances(db, {
    clusterId: Number(one?.cluster_id ?? query.cluster),
  });
  if (instances.length === 0) throw notFound('cluster');
  return { instances, asked: one ? [Number(one.id)] : instances.map(({ id }) => Number(id)) };
}

async function allSaid(context: AdviceContext): Promise<Said> {
  const all = await Promise.all(sources.map((source) => source(context)));
  const advice = all.flatMap((one) => one.advice);
  return {
    advice: advice.filter((item) => !servedByAnother(item, advice)),
    not_said: all.flatMap((one) => one.not_said),
  };
}

/** An index for statements that leads with a foreign key's columns serves the key too: it is advised once. */
function servedByAnother(item: AdviceItem, all: readonly AdviceItem[]): boolean {
  if (item.kind !== 'foreign_key_without_index') return false;
  const columns = keysIn(item.sql);
  return all.some(
    (other) =>
      other.kind === 'missing_index' &&
      other.database === item.database &&
      other.table === item.table &&
      columns.every((column) => keysIn(other.sql).slice(0, columns.length).includes(column)),
  );
}

const keysIn = (sql: string | null): string[] =>
  /\(([^)]*)\)/
    .exec(sql ?? '')?.[1]
    ?.split(', ')
    .map((key) => key.replace(/ DESC$/, '')) ?? [];

const rank = { critical: 0, warning: 1, info: 2 } as const;

function mostValuableFirst(a: AdviceItem, b: AdviceItem): number {
  return (
    rank[a.severity] - rank[b.severity] ||
    (b.saves?.ms_per_second ?? 0) - (a.saves?.ms_per_second ?? 0) ||
    (b.saves?.bytes ?? 0) - (a.saves?.bytes ?? 0) ||
    (a.id < b.id ? -1 : 1)
  );
}

function adviceOfSchema({ views }: AdviceContext): Said {
  const all = views.map(adviseOnIndexes);
  return {
    advice: all.flatMap(({ advice }) => advice),
    not_said: all.flatMap(({ not_said }) => not_said),
  };
}

async function adviceOfMissingIndexes(context: AdviceContext): Promise<Said> {
  const { db, instances, views, from, to } = context;
  const advice: AdviceItem[] = [];
  const statements = await context.statements;
  for (const view of views) {
    const known = schemaOf(view);
    const own = statements.filter(({ database }) => database === view.database);
    if (!known || own.length === 0) continue;
    const uses = await usesOf(known.inventory, own);
    const measured = own.map((one) => ({ ...one, uses: uses.get(one.id) ?? [] }));
    advice.push(
      ...missingIndexes(known.instance, known.inventory, measured, (to - from) / 1000, view.writes),
    );
  }
  if (advice.length === 0) return { advice, not_said: [] };
  const answerOf = await readWhatIfAnswers(
    db,
    instances.map(({ id }) => Number(id)),
  );
  const said = advice.map((item) => withWhatIf(item, answerOf(item)));
  return {
    advice: said.flatMap((one) => one.advice),
    not_said: said.flatMap((one) => one.not_said),
  };
}
