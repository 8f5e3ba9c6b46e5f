import type { Pool } from 'pg';
import type { Target } from '@/collectors/run/engine';
import type { PlanNode } from '@/lib/contract';
import type { Refusal } from './refusal';

export type AskedStatement = {
  /** Normalised, as the store has it. */
  text: string;
  truncated: boolean;
  /** What the server calls it: queryid, or MySQL's digest. */
  queryid: string;
  /** The schema or database it ran in; null when it had none. */
  database: string | null;
};

export type Explained = {
  status: 'ok';
  root: PlanNode;
  /** Rows of tables by the names the plan uses. */
  tableRows: Record<string, number>;
  schemaVersion: string;
  /** Made without knowing the values: MySQL's and MariaDB's plans are of one example. */
  generic: boolean;
};
/** What the plan would be made from has not changed since it was last made. */
export type Unchanged = { status: 'unchanged' };

/**
 * Asks a server for the plan of a statement, never running it. What may not or cannot be planned is an answer, not an
 * exception.
 * @param login the separate EXPLAIN login, or the monitoring one
 * @param plannedFrom the schema version of a plan that is at hand: nothing is planned while it is still the same
 */
export type Explainer = (
  login: Target,
  statement: AskedStatement,
  applicationName: string,
  plannedFrom: string | null,
) => Promise<Explained | Unchanged | Refusal>;

export type ExplainOptions = {
  db: Pool;
  rootKey: string;
  applicationName: string;
  /** By the name of the engine. */
  explainers: Readonly<Record<string, Explainer>>;
};
