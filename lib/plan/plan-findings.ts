import type { FindingBody, PlanNode } from '@/lib/contract';
import { eachNode } from './plan-shape';

/** A whole table of at least this many rows, of which at most this share is wanted, is worth an index. */
const manyRows = 10_000;
const fewShare = 0.1;

const detail = (node: PlanNode, name: string) =>
  node.details.find((one) => one.name === name)?.value ?? null;
const amount = (value: number) => Math.round(value).toLocaleString('en-US');

/**
 * What a plan gives away, in plain words, each with the node it stands on.
 * @param statement its normalised text, for what only the text shows
 * @param tableRows estimated rows of tables by the name the plan uses, where known
 */
export function planFindings(
  root: PlanNode,
  statement: string,
  tableRows: Readonly<Record<string, number>> = {},
): FindingBody[] {
  const findings: FindingBody[] = [];
  eachNode(root, (node, path, parent) => {
    const filter = detail(node, 'Filter');
    const table = node.relation ?? '';
    const whole = tableRows[table] ?? null;
    const rows = node.rows_estimated ?? 0;
    if (
      /Seq Scan$/.test(node.type) &&
      filter &&
      whole !== null &&
      whole >= manyRows &&
      rows <= whole * fewShare
    ) {
      findings.push({
        node: path,
        kind: 'selective_seq_scan',
        severity: 'warning',
        says: {
          en: `Reads all of ${table} (about ${amount(whole)} rows) to find about ${amount(rows)}: the condition ${filter} has no index that serves it.`,
          ja: `${table} の全行(約 ${amount(whole)} 行)を読み、約 ${amount(rows)} 行を探しています。条件 ${filter} に使えるインデックスがありません。`,
        },
      });
    }
    if (filter && /(~~\*?|LIKE)/.test(filter) && /like\s+(\$\d+|'%)/i.test(statement)) {
      findings.push({
        node: path,
        kind: 'like_not_indexed',
        severity: 'warning',
        says: {
          en: 'A LIKE is tested row by row. With a leading % no ordinary index can serve it: use full-text search or a trigram index (pg_trgm).',
          ja: 'LIKE を1行ずつ判定しています。前方が % の場合、通常のインデックスは使えません。全文検索か pg_trgm のインデックスを検討してください。',
        },
      });
    }
    const inner = parent?.type === 'Nested Loop' && parent.children[1] === node;
    const outerRows = parent?.children[0]?.rows_estimated ?? 0;
    if (inner && /Seq Scan$/.test(node.type) && outerRows > 100 && (whole ?? rows) > 1000) {
      findings.push({
        node: path,
        kind: 'nested_seq_scan',
        severity: 'critical',
        says: {
          en: `${table} is read from start to end for each of about ${amount(outerRows)} rows: an index on the join column is missing.`,
          ja: `約 ${amount(outerRows)} 行のそれぞれについて ${table} を先頭から読んでいます。結合列にインデックスがありません。`,
        },
      });
    }
    if (/Sort$/.test(node.type) && (node.rows_estimated ?? 0) > 100_000) {
      findings.push({
        node: path,
        kind: 'large_sort',
        severity: 'info',
        says: {
          en: `Sorts about ${amount(rows)} rows of ${node.width ?? '?'} bytes: beyond work_mem this spills to disk.`,
          ja: `約 ${amount(rows)} 行(1行 ${node.width ?? '?'} バイト)をソートします。work_mem を超えるとディスクに書き出します。`,
        },
      });
    }
  });
  if (/\bselect\s+(\w+\.)?\*/i.test(statement))
    findings.push({
      node: '0',
      kind: 'select_star',
      severity: 'info',
      says: {
        en: 'SELECT * fetches every column: name those that are used, and a covering index becomes possible.',
        ja: 'SELECT * はすべての列を取得します。必要な列だけを指定すれば、カバリングインデックスも使えます。',
      },
    });
  return findings;
}
