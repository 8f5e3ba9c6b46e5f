import type { PlanBody } from '@/lib/contract';
import type { Db } from './partitions';

const columns =
  'id, statement_id, instance_id, engine, captured_at, checked_at, generic, shape, duration_ms, root, findings';

function planOf(row: Record<string, unknown>): PlanBody {
  return {
    id: String(row.id),
    engine: String(row.engine),
    statement: String(row.statement_id),
    instance: String(row.instance_id),
    captured_at: (row.captured_at as Date).getTime(),
    checked_at: (row.checked_at as Date).getTime(),
    generic: row.generic === true,
    shape: String(row.shape),
    duration_ms: row.duration_ms as number | null,
    root: row.root as PlanBody['root'],
    findings: row.findings as PlanBody['findings'],
  };
}

/** A statement's plans, newest first. */
export async function readPlans(
  db: Db,
  statementId: string,
  instanceIds: number[],
): Promise<PlanBody[]> {
  const { rows } = await db.query(
    `select ${columns} from plan where statement_id = $1 and instance_id = any($2) order by captured_at desc limit 50`,
    [statementId, instanceIds],
  );
  return rows.map(planOf);
}

/** Null when there is none, or its instance is no longer watched. */
export async function readPlan(db: Db, id: string): Promise<PlanBody | null> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return null;
  const { rows } = await db.query(
    `select ${columns} from plan p where id = $1 and exists (select from instance i where i.id = p.instance_id)`,
    [id],
  );
  return rows[0] ? planOf(rows[0]) : null;
}
