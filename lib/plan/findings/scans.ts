import type { FindingBody } from '@/lib/contract';
import {
  countText,
  detail,
  finding,
  labels,
  msText,
  type Place,
  type PlanView,
  relationSql,
  rowsGiven,
  stepText,
} from './finding';
import { hiddenIndex } from './hidden-index';

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
      ...(slight ? [] : (wholeTable(plan, place) ?? discarded(place) ?? [])),
      ...likePattern(place),
      ...heapFetches(place),
      ...lossyBitmap(place),
    ];
  });
}

/** Seq Scan on a big table for few rows: with the reason why no index serves it where that is seen. */
function wholeTable(plan: PlanView, place: Place): FindingBody[] | null {
  const { node, path, parent } = place;
  const filter = detail(node, 'Filter');
  if (!/Seq Scan$/.test(node.type) || !filter) return null;
  const given = rowsGiven(node);
  const removed = node.actual?.rows_removed.filter ?? null;
  const loops = node.actual?.loops ?? 1;
  const processes = Math.max(1, /^Parallel/.test(node.type) ? loops : 1);
  const known = plan.tableRows(node.relation);
  const rows = given ?? node.rows_estimated ?? 0;
  const whole = given !== null && removed !== null ? given + removed : known;
  if (whole === null || whole / (loops / processes) < manyRows || rows > whole * fewShare)
    return null;
  if (loops > processes && parent?.type === 'Nested Loop') return null; // Said as a repeated loop.
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

/** Any other step whose filter throws most of its rows away. */
function discarded({ node, path }: Place): FindingBody[] | null {
  if (/Seq Scan$/.test(node.type)) return null; // Said above, or as a repeated loop.
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

function likePattern({ node, path }: Place): FindingBody[] {
  const filter = detail(node, 'Filter');
  if (!filter || !/ ~~\*? /.test(filter) || node.actual?.never_executed) return [];
  if ((rowsGiven(node) ?? 0) + (node.actual?.rows_removed.filter ?? manyRows) < manyRows) return [];
  return [
    finding(path, 'like_not_indexed', 'warning', {
      en: 'A LIKE is tested row by row. With a leading % no ordinary index can serve it: use full-text search or a trigram index (pg_trgm).',
      ja: 'LIKE を1行ずつ判定しています。前方が % の場合、通常のインデックスは使えません。全文検索か pg_trgm のインデックスを検討してください。',
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
