import type { FindingBody, PlanNode } from '@/lib/contract';
import {
  countText,
  detail,
  finding,
  labels,
  msText,
  type Place,
  type PlanView,
  readsAll,
  relationSql,
  rowsGiven,
  stepText,
} from './finding';
import { hiddenIndex } from './hidden-index';
import { isNestedLoop } from './loops';
import { mysqlComparedColumns } from './mysql-conditions';

/** A whole table of at least this many rows, of which at most this share is wanted, is worth an index. */
const manyRows = 10_000;
const fewShare = 0.1;
/** A step of a smaller share of the whole time is not what to change. */
const leastShare = 0.1;

/** Rows that were read for nothing. */
export function scanFindings(plan: PlanView): FindingBody[] {
  const { totalMs } = plan;
  return plan.places.flatMap((place) => {
    const { node } = place;
    const slight =
      totalMs !== null &&
      (node.actual?.never_executed === true ||
        (node.actual?.self_ms != null && node.actual.self_ms < totalMs * leastShare));
    return [
      ...(slight ? [] : (wholeTable(plan, place) ?? discarded(plan, place) ?? [])),
      ...likePattern(plan, place),
      ...heapFetches(place),
      ...lossyBitmap(place),
    ];
  });
}

/** Seq Scan on a big table for few rows: with the reason why no index serves it where that is seen. */
function wholeTable(plan: PlanView, place: Place): FindingBody[] | null {
  const { node, path, parent } = place;
  const filter = detail(node, 'Filter');
  if (!readsAll(plan, node) || !filter) return null;
  const given = rowsGiven(node);
  const removed = node.actual?.rows_removed.filter ?? null;
  const loops = node.actual?.loops ?? 1;
  const processes = Math.max(1, /^Parallel/.test(node.type) ? loops : 1);
  const known = plan.tableRows(node.relation) ?? node.rows_examined ?? null;
  const rows = given ?? node.rows_estimated ?? 0;
  const whole = given !== null && removed !== null ? given + removed : known;
  if (whole === null || whole / (loops / processes) < manyRows) return null;
  const guessed = plan.engine !== 'postgres' && given === null;
  // MySQL guesses a tenth for an equality without statistics, and all where it knows nothing: as MariaDB does.
  const unknown = guessed && rows >= whole * 0.99 && comparesEqual(node);
  if (!unknown && rows > whole * (guessed ? fewShare * 1.01 : fewShare)) return null;
  if (loops > processes && isNestedLoop(parent)) return null; // Said as a repeated loop.
  const table = node.relation ?? '';
  const hidden = hiddenIndex(plan, node);
  if (hidden) return [hidden(path)];
  const seen = given !== null;
  const times = loops / processes;
  const again =
    times > 1
      ? {
          en: ` at each of ${countText(times)} executions`,
          ja: `(${countText(times)} 回の実行ごとに)`,
        }
      : { en: '', ja: '' };
  if (unknown)
    return [
      finding(path, 'selective_seq_scan', 'warning', {
        en: `Reads all of ${table} (about ${countText(whole)} rows): the condition ${filter} has no index that serves it.`,
        ja: `${table} の全行(約 ${countText(whole)} 行)を読みます。条件 ${filter} に使えるインデックスがありません。`,
      }),
    ];
  return [
    finding(
      path,
      'selective_seq_scan',
      'warning',
      {
        en: `Reads all of ${table} (${seen ? '' : 'about '}${countText(whole / times)} rows)${again.en} to find ${seen ? '' : 'about '}${countText(rows / times)}: the condition ${filter} has no index that serves it.`,
        ja: `${table} の全行(${seen ? '' : '約 '}${countText(whole / times)} 行)を読み${again.ja}、${seen ? '' : '約 '}${countText(rows / times)} 行を探しています。条件 ${filter} に使えるインデックスがありません。`,
      },
      {
        evidence: [
          [labels.read, countText(whole)],
          [seen ? labels.seen : labels.estimated, countText(rows)],
          [labels.condition, filter],
        ],
      },
    ),
  ];
}

const comparesEqual = (node: PlanNode) =>
  mysqlComparedColumns(node).some(({ operator }) => operator === '=') ||
  / in \(\?/.test(detail(node, 'Filter') ?? '');

/** Any other step whose filter throws most of its rows away. */
function discarded(plan: PlanView, { node, path }: Place): FindingBody[] | null {
  if (readsAll(plan, node)) return null; // Said above, or as a repeated loop.
  const { filter = null, join_filter = null } = node.actual?.rows_removed ?? {};
  const removed = Math.max(filter ?? 0, join_filter ?? 0);
  const given = rowsGiven(node) ?? 0;
  if (removed < manyRows || given > (given + removed) * fewShare) return null;
  const condition =
    detail(node, filter !== null && filter === removed ? 'Filter' : 'Join Filter') ?? '';
  const own = node.actual?.self_ms;
  return [
    finding(
      path,
      'filter_discards',
      'warning',
      {
        en: `${stepText(node)} reads ${countText(given + removed)} rows and throws ${countText(removed)} of them away by ${condition}: make them part of the index or of an earlier condition.`,
        ja: `${stepText(node)} は ${countText(given + removed)} 行を読み、条件 ${condition} で ${countText(removed)} 行を捨てています。インデックスか、より前の条件に含めてください。`,
      },
      {
        evidence: [
          [labels.removed, countText(removed)],
          [labels.seen, countText(given)],
          ...(own != null
            ? [[labels.ownTime, msText(own)] as [typeof labels.ownTime, string]]
            : []),
        ],
      },
    ),
  ];
}

function likePattern({ engine }: PlanView, { node, path }: Place): FindingBody[] {
  const filter = detail(node, 'Filter');
  const pattern = engine === 'postgres' ? / ~~\*? / : / (like|regexp) \?|regexp_like\(/;
  if (!filter || !pattern.test(filter) || node.actual?.never_executed) return [];
  if ((rowsGiven(node) ?? 0) + (node.actual?.rows_removed.filter ?? manyRows) < manyRows) return [];
  return [
    finding(path, 'like_not_indexed', 'warning', {
      en:
        'A LIKE is tested row by row. With a leading % no ordinary index can serve it: use full-text search' +
        (engine === 'postgres' ? ' or a trigram index (pg_trgm).' : ' (a FULLTEXT index).'),
      ja:
        'LIKE を1行ずつ判定しています。前方が % の場合、通常のインデックスは使えません。' +
        (engine === 'postgres'
          ? '全文検索か pg_trgm のインデックスを検討してください。'
          : '全文検索(FULLTEXT インデックス)を検討してください。'),
    }),
  ];
}

const leastFetches = 1000;

/** The visibility map is behind: an index-only scan has to look into the table after all. */
function heapFetches({ node, path }: Place): FindingBody[] {
  const fetches = node.actual?.heap_fetches ?? 0;
  const rows = rowsGiven(node) ?? 0;
  if (fetches < leastFetches || fetches < rows * fewShare || node.relation === null) return [];
  return [
    finding(
      path,
      'heap_fetches',
      'warning',
      {
        en: `The index-only scan of ${node.relation} had to look into the table ${countText(fetches)} times for ${countText(rows)} rows: pages changed since the last VACUUM are not known to be all-visible.`,
        ja: `${node.relation} のインデックスオンリースキャンが ${countText(rows)} 行のために ${countText(fetches)} 回テーブルを参照しました。前回の VACUUM 以降に変わったページは全行可視とみなせません。`,
      },
      {
        evidence: [[{ en: 'Heap fetches', ja: 'ヒープ参照回数' }, countText(fetches)]],
        sql: `VACUUM ${relationSql(node.relation)};`,
      },
    ),
  ];
}

function lossyBitmap({ node, path }: Place): FindingBody[] {
  const lossy = node.actual?.lossy_blocks ?? 0;
  const all = lossy + (node.actual?.exact_blocks ?? 0);
  if (lossy < 100 || lossy < all * fewShare) return [];
  const checked = node.actual?.rows_removed.recheck ?? 0;
  return [
    finding(
      path,
      'lossy_bitmap',
      'warning',
      {
        en: `The bitmap did not fit into work_mem: of ${countText(all)} pages ${countText(lossy)} were kept without their rows, so every row of them was checked again${checked > 0 ? ` and ${countText(checked)} were thrown away` : ''}. More work_mem for this statement avoids that.`,
        ja: `ビットマップが work_mem に収まらず、${countText(all)} ページ中 ${countText(lossy)} ページは行の位置なしで保持されました。そのページの全行を再検査し${checked > 0 ? `、${countText(checked)} 行を捨て` : ''}ています。この文の work_mem を増やすと避けられます。`,
      },
      {
        evidence: [[{ en: 'Lossy pages', ja: '非可逆ページ数' }, countText(lossy)]],
      },
    ),
  ];
}
