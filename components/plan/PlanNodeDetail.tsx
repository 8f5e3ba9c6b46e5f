'use client';

import { useFormatter, useTranslations } from 'next-intl';
import { SqlText } from '@/components/statement/SqlText';
import { visibleText } from '@/components/statement/sql-tokens';
import { useAmount } from '@/components/statement/use-amount';
import type { PlanActual, PlanNode } from '@/lib/contract';
import { PlanNodeName } from './PlanNodeName';
import type { PlanRow } from './prepare-plan-rows';

/** PostgreSQL's, as good as always. */
const BLOCK = 8192;

const kbOrNull = (value: number | null | undefined, say: (kb: number) => string) =>
  value === null || value === undefined ? null : say(value);

/** Everything known about one step. */
export function PlanNodeDetail({ row }: { row: PlanRow<PlanNode> | null }) {
  const t = useTranslations('plan.node');
  const format = useFormatter();
  const amount = useAmount();
  if (!row) return <p className="text-muted">{t('choose')}</p>;
  const { node } = row;
  const number = (value: number | null) =>
    value === null ? t('unknown') : format.number(value, { maximumFractionDigits: 2 });
  const facts: [string, string][] = [
    [t('ownCost'), withShare(number(row.ownCost), row.costShare)],
    [t('totalCost'), number(node.cost)],
    [t('startupCost'), number(node.startup_cost)],
    [t('rowsEstimated'), number(node.rows_estimated)],
  ];
  if (node.rows_examined != null) facts.push([t('rowsExamined'), number(node.rows_examined)]);
  if (node.rows_actual !== null) facts.push([t('rowsActual'), number(node.rows_actual)]);
  if (row.ownTimeMs !== null)
    facts.push([t('ownTime'), withShare(amount.time(row.ownTimeMs), row.timeShare)]);
  if (node.actual) facts.push(...actualFacts(node, node.actual));
  if (node.workers)
    facts.push([
      t('workers'),
      `${number(node.workers.launched)} / ${number(node.workers.planned)}`,
    ]);
  if (node.width !== null) facts.push([t('width'), amount.bytes(node.width)]);

  function withShare(text: string, share: number | null): string {
    return share === null ? text : `${text} (${t('share', { percent: amount.share(share) })})`;
  }

  function actualFacts(of: PlanNode, actual: PlanActual): [string, string][] {
    if (actual.never_executed) return [[t('loops'), t('neverExecuted')]];
    const kb = (value: number) => amount.bytes(value * 1024);
    const { buffers, sort, hash, aggregate, rows_removed: removed } = actual;
    const lost = (removed.filter ?? 0) + (removed.join_filter ?? 0) + (removed.recheck ?? 0);
    const found: [string, string | null][] = [
      [t('totalTime'), of.time_ms === null ? null : amount.time(of.time_ms)],
      [t('loops'), number(actual.loops)],
      [t('rowsRemoved'), lost > 0 ? number(lost) : null],
      [t('buffersHit'), buffers && amount.bytes(buffers.hit * BLOCK)],
      [t('buffersRead'), buffers && amount.bytes(buffers.read * BLOCK)],
      [t('buffersWritten'), buffers?.written ? amount.bytes(buffers.written * BLOCK) : null],
      [
        t('temporary'),
        buffers && buffers.temp_read + buffers.temp_written > 0
          ? `${amount.bytes(buffers.temp_read * BLOCK)} / ${amount.bytes(buffers.temp_written * BLOCK)}`
          : null,
      ],
      [t('sortMethod'), sort?.method || null],
      [t('memory'), kbOrNull(sort?.memory_kb ?? hash?.memory_kb ?? aggregate?.memory_kb, kb)],
      [t('disk'), kbOrNull(sort?.disk_kb ?? aggregate?.disk_kb, kb)],
      [t('batches'), hash ? number(hash.batches) : aggregate ? number(aggregate.batches) : null],
      [t('heapFetches'), actual.heap_fetches === null ? null : number(actual.heap_fetches)],
      [t('lossyBlocks'), actual.lossy_blocks === null ? null : number(actual.lossy_blocks)],
    ];
    return found.filter((one): one is [string, string] => one[1] !== null);
  }

  return (
    <div className="flex flex-col gap-4">
      <h3 className="text-[14px]">
        <PlanNodeName node={node} />
      </h3>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-muted">{name}</dt>
            <dd className="text-right tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
      {node.details.length > 0 && (
        <dl className="flex flex-col gap-2 border-line border-t pt-3">
          {node.details.map(({ name, value }) => (
            <div key={name} className="min-w-0">
              <dt className="text-[12px] text-muted">{visibleText(name)}</dt>
              <dd className="mt-0.5 [overflow-wrap:anywhere] rounded-sm bg-sunken px-2 py-1 text-[12px]">
                <SqlText sql={value} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}
