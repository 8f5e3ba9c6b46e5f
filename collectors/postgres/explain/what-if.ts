import { quoted } from '@/collectors/postgres/needs';
import { openSession, type Session } from '@/collectors/postgres/session/session';
import type { Target } from '@/collectors/run/engine';
import { type Refusal, refused } from '@/collectors/run/explain/refusal';
import { Failure } from '@/collectors/run/failure';
import type { PlanNode } from '@/lib/contract';
import { eachNode } from '@/lib/plan/plan-shape';
import { gateCatalog } from './catalog-gate';
import { beginReadOnly, genericPlan, refusalOf } from './explain-statement';
import { type GatedText, gateText } from './text-gate';

const timeoutMs = 2000;

export type WhatIf = {
  status: 'ok';
  /** Planner's units, of all statements together. */
  cost_before: number;
  cost_after: number;
  /** Whether a plan of one of them used it. */
  used: boolean;
  /** The extension's estimate of its size. */
  bytes: number | null;
};

/**
 * Asks the planner for the plans of statements without and with an index that does not exist, by the extension hypopg
 * (hypopg.readthedocs.io). The index is of this session alone and goes with it; nothing is written, nothing locked.
 * @param indexSql a CREATE INDEX of our own making, of one table
 */
export async function whatIf(
  login: Target,
  statements: readonly string[],
  indexSql: string,
  applicationName: string,
): Promise<WhatIf | Refusal> {
  const gated: GatedText[] = [];
  for (const text of statements) {
    const one = await gateText(text, false);
    if ('status' in one) return one;
    gated.push(one);
  }
  let session: Session | null = null;
  try {
    session = await openSession(login, applicationName);
    return await askIn(session, gated, indexSql);
  } catch (error) {
    if (error instanceof Failure) {
      const tables = [...new Set(gated.flatMap((one) => one.tables))];
      return refusalOf(error, login.user, { tables, writes: gated.some(({ writes }) => writes) });
    }
    throw error;
  } finally {
    await session?.close();
  }
}

async function askIn(
  session: Session,
  gated: readonly GatedText[],
  indexSql: string,
): Promise<WhatIf | Refusal> {
  await beginReadOnly(session);
  for (const one of gated) {
    const refusal = await gateCatalog(session, one);
    if (refusal) return refusal;
  }
  const schema = await extensionSchema(session);
  if (schema === null)
    return refused(
      'no_hypopg',
      'The extension hypopg is not installed in this database.',
      'CREATE EXTENSION hypopg;',
    );
  const plans = async () => {
    const roots: PlanNode[] = [];
    for (const one of gated) roots.push(await genericPlan(session, one));
    return roots;
  };
  const before = await plans();
  const call = (name: string, argument: string) =>
    session.query(
      `select * from ${quoted(schema)}.${name}($1::${name === 'hypopg_create_index' ? 'text' : 'oid'})`,
      { doing: name, timeoutMs, params: [argument] },
    );
  const made = (await call('hypopg_create_index', indexSql)).rows[0];
  const size = (await call('hypopg_relation_size', made?.[0] ?? '0')).rows[0]?.[0];
  const after = await plans();
  await session.query('rollback', { doing: 'roll back', timeoutMs });
  const cost = (roots: readonly PlanNode[]) =>
    roots.reduce((sum, root) => sum + (root.cost ?? 0), 0);
  let used = false;
  for (const root of after)
    eachNode(root, ({ index }) => {
      if (index === made?.[1]) used = true;
    });
  return {
    ...{ status: 'ok', used, bytes: size == null ? null : Number(size) },
    ...{ cost_before: cost(before), cost_after: cost(after) },
  };
}

/** Where the extension's own functions are, which must be its own and of C; null when it is not installed. */
async function extensionSchema(session: Session): Promise<string | null> {
  const { rows } = await session.query(
    `select n.nspname from pg_catalog.pg_extension e
     join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass and d.refobjid = e.oid
       and d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.deptype = 'e'
     join pg_catalog.pg_proc p on p.oid = d.objid join pg_catalog.pg_language l on l.oid = p.prolang
     join pg_catalog.pg_namespace n on n.oid = p.pronamespace
     where e.extname = 'hypopg' and l.lanname = 'c'
       and (p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid)) in
         (('hypopg_create_index', 'sql_order text, OUT indexrelid oid, OUT indexname text'), ('hypopg_relation_size', 'indexid oid'))
     group by 1 having pg_catalog.count(*) = 2`,
    { doing: 'look for hypopg', timeoutMs },
  );
  return rows[0]?.[0] ?? null;
}
