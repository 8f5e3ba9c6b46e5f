import type { FindingBody, PlanNode } from '@/lib/contract';
import { comparedColumns } from './conditions';
import {
  countText,
  finding,
  labels,
  type PlanEngine,
  type PlanView,
  relationSql,
  stepText,
} from './finding';
import { hiddenIndex } from './hidden-index';
import { mysqlComparedColumns } from './mysql-conditions';

const farOff = 10;
/** Of so few rows neither estimate nor choice matters. */
const leastRows = 100;

/** Where an estimate begins to be wrong: what is below it was right. The steps above it inherit the error. */
export type OffEstimate = { node: PlanNode; path: string; factor: number };

/** The steps with which errors begin, and how many above them are wrong as well. */
export function offEstimates(root: PlanNode): { begins: OffEstimate[]; above: number } {
  const begins: OffEstimate[] = [];
  let above = 0;
  const visit = (node: PlanNode, path: string, cutShort: boolean): boolean => {
    const below = node.children.map((child, index) =>
      visit(child, `${path}.${index}`, stopsEarly(node, index, cutShort)),
    );
    const factor = factorOf(node, cutShort);
    if (factor === null) return below.some(Boolean);
    if (below.some(Boolean)) above += 1;
    // Nothing is planned upon the root's rows.
    else if (path !== '0') begins.push({ node, path, factor });
    return true;
  };
  visit(root, '0', false);
  return { begins, above };
}

export function estimateFindings(plan: PlanView): FindingBody[] {
  const { begins, above } = offEstimates(plan.root);
  // A condition no index serves is said elsewhere, with its fix.
  const found = begins
    .filter(({ node }) => !hiddenIndex(plan, node))
    .map(({ node, path, factor }) => sayOff(plan, node, path, factor));
  const first = found[0];
  if (first && above > 0) {
    first.says.en += ` ${above === 1 ? 'One step' : `${above} steps`} above it ${above === 1 ? 'is' : 'are'} off as well.`;
    first.says.ja += `その上の ${above} 段でもずれています。`;
  }
  return found.slice(0, 5);
}

/** A LIMIT, a semi join or the end of a merge stops what is below before it gave all its rows. */
function stopsEarly(node: PlanNode, child: number, before: boolean): boolean {
  if (/^(Limit|Merge Join)$/.test(node.type)) return true;
  if (/(Semi|Anti)/.test(joinType(node)) && child === 1) return true;
  return before && !/(Sort|Aggregate|Hash|Materialize|CTE)$/.test(node.type);
}
const joinType = (node: PlanNode) =>
  node.details.find(({ name }) => name === 'Join Type')?.value ?? '';

/** Steps whose rows nobody estimates: MySQL prints 0 or none of what it keeps in a temporary table. */
const unplanned = /^(Bitmap(And|Or)|Materialize.*|.*deduplication|Temporary table.*)$/;

function factorOf(node: PlanNode, cutShort: boolean): number | null {
  const { rows_estimated: estimated, rows_actual: actual } = node;
  if (estimated === null || actual === null || unplanned.test(node.type)) return null;
  if (Math.max(estimated, actual) < leastRows || (cutShort && actual < estimated)) return null;
  // Rows of a loop are rounded before PostgreSQL 18: 0.4 of them are printed as none.
  if (actual < 1 && (node.actual?.loops ?? 1) > 1 && estimated < leastRows) return null;
  const factor = Math.max(estimated, 1) / Math.max(actual, 1);
  return factor >= farOff || factor <= 1 / farOff ? Math.max(factor, 1 / factor) : null;
}

function sayOff({ engine }: PlanView, node: PlanNode, path: string, factor: number): FindingBody {
  const [estimated, actual] = [node.rows_estimated ?? 0, node.rows_actual ?? 0];
  const step = stepText(node);
  const postgres = engine === 'postgres';
  const equal = (postgres ? comparedColumns(node) : mysqlComparedColumns(node)).filter(
    ({ operator }) => operator === '=',
  );
  const columns = [...new Set(equal.map(({ column }) => column))];
  const own = node.relation !== null && !node.relation.startsWith('<');
  const together = postgres && own && columns.length > 1;
  const names = columns.join(', ');
  const table = own && node.relation !== null ? relationSql(node.relation, engine) : null;
  return finding(
    path,
    'estimate_off',
    'warning',
    together
      ? {
          en: `The estimate is off by ${countText(factor)}× from here on: ${step} was expected to give ${countText(estimated)} rows and gave ${countText(actual)}. ${names} depend on each other, which the planner does not know: extended statistics tell it.`,
          ja: `ここから見積もりが ${countText(factor)} 倍ずれています。${step} は ${countText(estimated)} 行の見込みに対し ${countText(actual)} 行でした。${names} は互いに関連していますがプランナはそれを知りません。拡張統計で伝えられます。`,
        }
      : {
          en: `The estimate is off by ${countText(factor)}× from here on: ${step} was expected to give ${countText(estimated)} rows and gave ${countText(actual)}. Joins and memory above it are chosen for the wrong size.`,
          ja: `ここから見積もりが ${countText(factor)} 倍ずれています。${step} は ${countText(estimated)} 行の見込みに対し ${countText(actual)} 行でした。この上の結合方法やメモリは誤った大きさで選ばれます。`,
        },
    {
      evidence: [
        [labels.estimated, countText(estimated)],
        [labels.seen, countText(actual)],
      ],
      ...(table !== null && {
        sql: together
          ? `CREATE STATISTICS (ndistinct, dependencies, mcv) ON ${names} FROM ${table};\nANALYZE ${table};`
          : postgres
            ? `ANALYZE ${table};`
            : histogramSql(engine, table, columns),
      }),
    },
  );
}

/** How values of columns without an index are spread only a histogram tells. */
function histogramSql(engine: PlanEngine, table: string, columns: readonly string[]): string {
  if (columns.length === 0) return `ANALYZE TABLE ${table};`;
  const names = columns.map((one) => relationSql(one, engine)).join(', ');
  return engine === 'mysql'
    ? `ANALYZE TABLE ${table} UPDATE HISTOGRAM ON ${names};`
    : `ANALYZE TABLE ${table} PERSISTENT FOR COLUMNS (${names}) INDEXES ();`;
}
