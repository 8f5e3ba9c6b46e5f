/** Advice about what applications do: how they write statements, call them in loops, and spill. */
import type { Pool } from 'pg';
import type { Habits } from '@/lib/advice/habit';
import { loopAdvice } from '@/lib/advice/loop-advice';
import { findNPlusOne } from '@/lib/advice/n-plus-one';
import { estimateAdvice, spillAdvice } from '@/lib/advice/plan-advice';
import { type HabitStatement, statementHabits } from '@/lib/advice/statement-habits';
import { schemaOf } from '@/lib/advice/view';
import type { PlanNode } from '@/lib/contract';
import { tableName } from '@/lib/inventory/inventory';
import { asPostgres } from '@/lib/statement/mysql/as-postgres';
import { loadParser, parsePostgres } from '@/lib/statement/parse-postgres';
import { readHabits } from '@/lib/statement/read-habits';
import type { AdviceContext, AdviceSource } from './read-advice';
import { readCallPatterns } from './read-call-patterns';
import type { TopStatement } from './read-measured';
import { statementTexts } from './statement-texts';

const blockBytes = 8192;
const mostKept = 5000;
/** The same id has the same text for ever. */
const kept = new Map<string, Habits | null>();

async function habitsOf(
  statement: { id: string; text: string },
  mysql: boolean,
): Promise<Habits | null> {
  let habits = kept.get(statement.id);
  if (habits === undefined) {
    await loadParser();
    const parsed = parsePostgres((mysql ? asPostgres(statement.text) : null) ?? statement.text);
    habits = parsed ? readHabits(parsed) : null;
    if (kept.size >= mostKept) kept.clear();
    kept.set(statement.id, habits);
  }
  return habits;
}

/** A cluster is of one engine. */
const isMysql = ({ instances }: AdviceContext): boolean =>
  instances.some(({ engine }) => engine !== 'postgres');

/** What parameters in a log showed of a LIKE whose pattern is not in the text. */
async function leadingWildcards(db: Pool, ids: string[]): Promise<Map<string, boolean>> {
  const { rows } = await db.query<{ id: string; begins: boolean }>(
    'select id, leading_wildcard as begins from statement where id = any($1) and leading_wildcard is not null',
    [ids],
  );
  return new Map(rows.map(({ id, begins }) => [id, begins]));
}

/** Seen to begin with a text, a pattern can be served by an index, if case matters. */
function seenWildcard(habits: Habits | null, leading: boolean | undefined): Habits | null {
  if (!habits?.wildcard || habits.wildcard.sure || leading === undefined) return habits;
  if (leading) return { ...habits, wildcard: { ...habits.wildcard, sure: true } };
  return habits.wildcard.ignores_case ? habits : { ...habits, wildcard: null };
}

/** Anti-patterns in the texts of the dearest statements. */
export const adviceOfTexts: AdviceSource = async (context) => {
  const mysql = isMysql(context);
  const known = weighed(await context.statements).map((one) => ({ ...one, mysql }));
  const leading = await leadingWildcards(
    context.db,
    known.map(({ id }) => id),
  );
  const read = await Promise.all(
    known.map(async (one) => ({
      ...one,
      habits: seenWildcard(await habitsOf(one, mysql), leading.get(one.id)),
    })),
  );
  const statements = read.flatMap(({ habits, ...one }) => (habits ? [{ ...one, habits }] : []));
  return { advice: statementHabits(statements), not_said: [] };
};

/** One query for each row of another, per instance. */
export const adviceOfLoops: AdviceSource = async (context) => {
  const { db, instances, from, to } = context;
  const advice = await Promise.all(
    instances.map(async ({ id: instance }) => {
      const patterns = await readCallPatterns(db, { instanceId: Number(instance), from, to });
      const texts = await statementTexts(
        db,
        patterns.map(({ id }) => id),
      );
      const lookups = new Map<string, boolean>();
      for (const [id, text] of texts)
        lookups.set(
          id,
          ((await habitsOf({ id, text }, isMysql(context)))?.lookup ?? null) !== null,
        );
      const pairs = findNPlusOne(
        patterns.map((one) => ({ ...one, lookup: lookups.get(one.id) === true })),
      );
      if (pairs.length === 0) return [];
      const all = weighed(await context.statements);
      const described = new Map(
        pairs
          .flatMap(({ parent, child }) => [parent, child])
          .map((id) => {
            const known = all.find((one) => one.id === id);
            return [
              id,
              { ...(known ?? unmeasured(id, instance, patterns)), text: texts.get(id) ?? '?' },
            ];
          }),
      );
      const seconds = Math.min(to - from, 3_600_000) / 1000;
      return loopAdvice(pairs, described, instance, seconds);
    }),
  );
  return { advice: advice.flat(), not_said: [] };
};

/** Spilled bytes of the window, and estimates that executions showed to be wrong. */
export const adviceOfExecutions: AdviceSource = async (context) => {
  // To build an index or to vacuum is to sort: that is no habit of an application.
  const known = weighed(
    (await context.statements).filter(({ kind }) => !kind.startsWith('utility')),
  );
  const executed = await readExecuted(
    context.db,
    known.map(({ id }) => id),
    context.instances.map(({ id }) => Number(id)),
  );
  const advice = known.flatMap((statement) => {
    const plan = executed.get(statement.id);
    return [
      ...spillAdvice(statement, statement.spilled_bytes),
      ...(plan
        ? estimateAdvice(statement, plan, (name) => tableOf(context, statement.database, name))
        : []),
    ];
  });
  return { advice, not_said: [] };
};

/** The one table of a database that a plan means; plans in the log name tables without their schema. */
function tableOf({ views }: AdviceContext, database: string, relation: string): string | null {
  const view = views.find((one) => one.database === database);
  const tables = (view && schemaOf(view)?.inventory.tables) ?? [];
  const found = tables.filter((one) => [one.name, tableName(one)].includes(relation));
  return found.length === 1 && found[0] ? tableName(found[0]) : null;
}

type Weighed = Omit<HabitStatement, 'habits'> & { spilled_bytes: number };

/** The dearest statements with their share of the time of all of them. */
function weighed(statements: readonly TopStatement[]): Weighed[] {
  const whole = statements.reduce((sum, { total_ms }) => sum + total_ms, 0);
  return statements.map((one: TopStatement) => ({
    ...{
      id: one.id,
      text: one.text,
      instance: String(one.instance_ids[0]),
      database: one.database,
    },
    ...{ calls: one.calls, total_ms: one.total_ms, rows: one.rows, plan: one.plan, cast: one.cast },
    share: whole > 0 ? one.total_ms / whole : 0,
    spilled_bytes: one.temp_blocks_written * blockBytes,
  }));
}

/** A statement that is called often, but is not among the dearest. */
function unmeasured(
  id: string,
  instance: string,
  patterns: readonly { id: string; database: string | null; calls: readonly number[] }[],
): Weighed {
  const own = patterns.filter((one) => one.id === id);
  const calls = own.flatMap((one) => one.calls).reduce((a, b) => a + b, 0);
  const none = {
    total_ms: 0,
    rows: 0,
    share: 0,
    plan: null,
    cast: null,
    text: '',
    spilled_bytes: 0,
  };
  return { id, instance, database: own[0]?.database ?? '?', calls, ...none };
}

/** The newest plan of an execution of each statement. */
async function readExecuted(
  db: Pool,
  ids: readonly string[],
  instanceIds: readonly number[],
): Promise<Map<string, PlanNode>> {
  const { rows } = await db.query<{ id: string; root: PlanNode }>(
    `select distinct on (statement_id) statement_id as id, root from plan
     where statement_id = any($1) and instance_id = any($2) and not generic and duration_ms is not null order by 1, captured_at desc`,
    [ids, instanceIds],
  );
  return new Map(rows.map(({ id, root }) => [id, root]));
}
