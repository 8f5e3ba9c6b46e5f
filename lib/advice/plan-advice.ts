/** What executions showed: estimates far off, and work spilled to disk. Pure. */
import type { PlanNode } from '@/lib/contract';
import type { AdviceItem } from '@/lib/contract/advice';
import { offEstimates } from '@/lib/plan/findings/estimates';
import { bytesText, countText } from './amounts';
import { quoteIdentifier } from './quote-identifier';
import { type HabitStatement, measured } from './statement-habits';

const leastShare = 0.01;
const leastSpillPerCall = 1024 * 1024;

type Statement = Omit<HabitStatement, 'plan' | 'habits'>;

/**
 * @param executed the plan of an execution, as the server logged it
 * @param tableOf `schema.name` of a relation as the plan names it, which may be without its schema; null: not known for sure
 */
export function estimateAdvice(
  statement: Statement,
  executed: PlanNode,
  tableOf: (relation: string) => string | null,
): AdviceItem[] {
  const off = statement.share >= leastShare ? offEstimates(executed).begins[0] : null;
  if (!off) return [];
  const { node } = off;
  const [estimated, actual] = [node.rows_estimated ?? 0, node.rows_actual ?? 0];
  const factor = countText(off.factor);
  const table = node.relation && tableOf(node.relation);
  const where = node.relation ? `${node.type} on ${node.relation}` : node.type;
  const columns = equalColumns(node);
  const together = node.relation !== null && columns.length > 1;
  return [
    {
      id: `bad_estimate/${statement.database}/${statement.id}`,
      kind: 'bad_estimate',
      severity: 'warning',
      title: {
        en: `The planner is off by ${factor}× at ${where}`,
        ja: `${where} で見積もりが ${factor} 倍ずれています`,
      },
      says: together
        ? {
            en: `It expected ${countText(estimated)} rows and got ${countText(actual)}. ${columns.join(', ')} depend on each other, and the planner multiplies their selectivity as if they did not. Everything above this step is planned for the wrong size.`,
            ja: `${countText(estimated)} 行の見込みに対し実際は ${countText(actual)} 行でした。${columns.join('、')} は互いに関連していますが、プランナは独立とみなして選択性を掛け合わせます。この上の段はすべて誤った大きさを前提に計画されます。`,
          }
        : {
            en: `It expected ${countText(estimated)} rows and got ${countText(actual)}. Everything above this step is planned for the wrong size.`,
            ja: `${countText(estimated)} 行の見込みに対し実際は ${countText(actual)} 行でした。この上の段はすべて誤った大きさを前提に計画されます。`,
          },
      evidence: [
        { label: { en: 'Estimated rows', ja: '見積もり行数' }, value: countText(estimated) },
        { label: { en: 'Actual rows', ja: '実際の行数' }, value: countText(actual) },
        ...measured(statement),
      ],
      gain: {
        en: 'With right estimates the planner chooses joins and memory that fit.',
        ja: '見積もりが正しければ、適切な結合方法とメモリが選ばれます。',
      },
      cost: together
        ? {
            en: 'ANALYZE takes a little longer.',
            ja: 'ANALYZE の時間がわずかに延びます。',
          }
        : null,
      known: 'measured',
      sql:
        together && table
          ? `CREATE STATISTICS (ndistinct, dependencies, mcv) ON ${columns.map(quoteIdentifier).join(', ')} FROM ${relationSql(table)};\nANALYZE ${relationSql(table)};`
          : table
            ? `ANALYZE ${relationSql(table)};`
            : null,
      instance: statement.instance,
      database: statement.database,
      table: table ?? node.relation,
      index: null,
      statements: [statement.id],
      lesson: 'estimates',
    },
  ];
}

const relationSql = (relation: string) => relation.split('.').map(quoteIdentifier).join('.');

/** Columns that a filter compares with a value for equality. */
function equalColumns(node: PlanNode): string[] {
  const filters = node.details.filter(({ name }) =>
    /^(Filter|Index Cond|Recheck Cond)$/.test(name),
  );
  const found = filters.flatMap(({ value }) =>
    [...value.matchAll(/\(\(?(?:\w+\.)?("?\w+"?)\)?(?:::\w+)? = (?:\?|\$\d+)/g)].map(([, column]) =>
      (column ?? '').replaceAll('"', ''),
    ),
  );
  return [...new Set(found)];
}

/** @param bytes written to temporary files in the window */
export function spillAdvice(statement: Statement, bytes: number): AdviceItem[] {
  const perCall = bytes / Math.max(1, statement.calls);
  if (perCall < leastSpillPerCall) return [];
  return [
    {
      id: `spill/${statement.database}/${statement.id}`,
      kind: 'spill',
      severity: statement.share >= leastShare ? 'warning' : 'info',
      title: {
        en: `Spills ${bytesText(perCall)} to disk at each call`,
        ja: `呼び出しごとに ${bytesText(perCall)} をディスクに書き出しています`,
      },
      says: {
        en: 'A sort, hash or materialised result does not fit into work_mem and goes through temporary files.',
        ja: 'ソート、ハッシュ、中間結果が work_mem に収まらず、一時ファイルを経由しています。',
      },
      evidence: [
        {
          label: { en: 'Temporary files, all calls', ja: '一時ファイル(合計)' },
          value: bytesText(bytes),
        },
        ...measured(statement),
      ],
      gain: {
        en: 'Fewer rows or columns to sort, an index in that order, or more memory for this role alone (ALTER ROLE … SET work_mem).',
        ja: 'ソートする行や列を減らす、その順のインデックスを使う、またはこのロールだけメモリを増やします(ALTER ROLE … SET work_mem)。',
      },
      cost: {
        en: 'work_mem is taken per sort and hash, many times over in one statement.',
        ja: 'work_mem はソートやハッシュごとに使われ、1つの文で何倍にもなります。',
      },
      known: 'measured',
      sql: null,
      instance: statement.instance,
      database: statement.database,
      table: null,
      index: null,
      statements: [statement.id],
      lesson: 'work-mem',
    },
  ];
}
