/** The tree of a plan: one line per step, bars for cost and rows, marks where to look. */
'use client';

import { useTranslations } from 'next-intl';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { isKey, type KeyAction } from '@/components/layout/keys';
import { useAmount } from '@/components/statement/use-amount';
import type { PlanNode } from '@/lib/contract';
import { PlanBar } from './PlanBar';
import { PlanMarkBadges } from './PlanMarkBadges';
import { PlanNodeName } from './PlanNodeName';
import type { PlanMarks, PlanRow } from './prepare-plan-rows';

type PlanTreeProps = {
  /** All rows that are not folded away. */
  rows: readonly PlanRow<PlanNode>[];
  marks: PlanMarks;
  folded: ReadonlySet<string>;
  selected: string | null;
  executed: boolean;
  onSelect: (id: string) => void;
  onFold: (id: string, folded: boolean) => void;
};

const COLUMNS = {
  planned: 'sm:grid-cols-[minmax(0,1fr)_8.5rem_7rem]',
  executed: 'sm:grid-cols-[minmax(0,1fr)_8.5rem_10.5rem_9rem]',
};

export function PlanTree(props: PlanTreeProps) {
  const { rows, marks, folded, selected, executed } = props;
  const t = useTranslations('plan');
  const tree = useRef<HTMLTableElement>(null);
  const focused = rows.some((row) => row.id === selected) ? selected : (rows[0]?.id ?? null);
  const columns = executed ? COLUMNS.executed : COLUMNS.planned;
  const step = Math.max(
    4,
    Math.min(18, Math.floor(140 / Math.max(1, ...rows.map((r) => r.depth)))),
  );

  // A selection made elsewhere (a finding, a key) is brought into view without moving anything that is already visible.
  useEffect(() => {
    if (!selected) return;
    const row = tree.current?.querySelector(`[data-id="${CSS.escape(selected)}"]`);
    row?.scrollIntoView({ block: 'nearest' });
  }, [selected]);

  function go(id: string | undefined) {
    if (!id) return;
    props.onSelect(id);
    tree.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`)?.focus();
  }

  function onKeyDown(event: KeyboardEvent, row: PlanRow<PlanNode>, index: number) {
    if (!act((action) => isKey(event, action), row, index)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Does what a key asks for; false when the key means nothing here. */
  function act(is: (action: KeyAction) => boolean, row: PlanRow<PlanNode>, index: number): boolean {
    const isFolded = folded.has(row.id);
    if (is('down')) go(rows[index + 1]?.id);
    else if (is('up')) go(rows[index - 1]?.id);
    else if (is('first')) go(rows[0]?.id);
    else if (is('last')) go(rows.at(-1)?.id);
    else if (is('costliest')) go(marks.slowest ?? marks.costliest ?? undefined);
    else if (is('open') || is('select')) props.onSelect(row.id);
    else if (is('unfold') && isFolded) props.onFold(row.id, false);
    else if (is('unfold') && row.descendants > 0) go(rows[index + 1]?.id);
    else if (is('fold') && !isFolded && row.descendants > 0) props.onFold(row.id, true);
    else if (is('fold')) go(row.id.slice(0, row.id.lastIndexOf('.')));
    else return false;
    return true;
  }

  return (
    // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table whose rows fold is a treegrid (ARIA practices)
    <table ref={tree} role="treegrid" aria-label={t('tree.label')} className="block text-[13px]">
      <thead className="sr-only sm:not-sr-only sm:block">
        <tr
          className={`grid h-8 items-center gap-x-4 border-line border-b px-3 text-left text-[12px] text-muted ${columns}`}
        >
          <th className="truncate font-normal">{t('column.node')}</th>
          <th className="truncate font-normal">{t('column.cost')}</th>
          <th className="truncate font-normal">{executed ? t('column.both') : t('column.rows')}</th>
          {executed && <th className="truncate font-normal">{t('column.time')}</th>}
        </tr>
      </thead>
      <tbody className="block">
        {rows.map((row, index) => (
          <tr
            key={row.id}
            data-id={row.id}
            tabIndex={row.id === focused ? 0 : -1}
            aria-level={row.depth + 1}
            aria-posinset={row.position}
            aria-setsize={row.setSize}
            aria-selected={row.id === selected}
            {...(row.descendants > 0 && { 'aria-expanded': !folded.has(row.id) })}
            onClick={() => props.onSelect(row.id)}
            onKeyDown={(event) => onKeyDown(event, row, index)}
            className={`grid cursor-pointer gap-x-4 gap-y-1 px-3 outline-offset-[-2px] hover:bg-hover aria-selected:bg-selected sm:items-center ${columns}`}
          >
            <td className="flex min-w-0 items-stretch">
              <Rails rails={row.rails} step={step} />
              <FoldButton
                row={row}
                folded={folded.has(row.id)}
                onFold={(value) => props.onFold(row.id, value)}
              />
              <div className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1 py-1.5">
                <PlanNodeName node={row.node} />
                <PlanMarkBadges row={row} marks={marks} />
                {folded.has(row.id) && (
                  <span className="text-[12px] text-muted">
                    {t('tree.hidden', { count: row.descendants })}
                  </span>
                )}
              </div>
            </td>
            <Bars row={row} executed={executed} hot={row.id === marks.costliest} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The lines from parents to children. */
function Rails({ rails, step }: { rails: readonly boolean[]; step: number }) {
  return (
    <span aria-hidden className="flex shrink-0">
      {rails.map((runsOn, level) => {
        const last = level === rails.length - 1;
        return (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: a level is its position
            key={level}
            className="relative"
            style={{ width: step }}
          >
            {(runsOn || last) && (
              <span
                className={`absolute top-0 left-[7px] w-px bg-line-strong ${runsOn ? 'bottom-0' : 'h-4'}`}
              />
            )}
            {last && <span className="absolute top-4 right-0 left-[7px] h-px bg-line-strong" />}
          </span>
        );
      })}
    </span>
  );
}

function FoldButton(props: {
  row: PlanRow<PlanNode>;
  folded: boolean;
  onFold: (folded: boolean) => void;
}) {
  const t = useTranslations('plan');
  if (props.row.descendants === 0) return <span aria-hidden className="w-5 shrink-0" />;
  const node = props.row.node.type;
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-label={props.folded ? t('tree.unfold', { node }) : t('tree.fold', { node })}
      onClick={(event) => {
        event.stopPropagation();
        props.onFold(!props.folded);
      }}
      className="mt-[5px] flex h-6 w-5 shrink-0 items-center justify-center rounded-sm text-muted hover:text-text"
    >
      <svg
        aria-hidden="true"
        viewBox="0 0 10 10"
        className={`size-2.5 fill-current ${props.folded ? '-rotate-90' : ''}`}
      >
        <path d="M1 3h8L5 8z" />
      </svg>
    </button>
  );
}

function Bars(props: { row: PlanRow<PlanNode>; executed: boolean; hot: boolean }) {
  const { row, executed } = props;
  const t = useTranslations('plan');
  const amount = useAmount();
  const { rows_estimated: estimated, rows_actual: actual } = row.node;
  return (
    <>
      <PlanBar
        label={t('column.cost')}
        share={row.costShare}
        value={amount.count(row.ownCost)}
        tone={props.hot ? 'hot' : 'plain'}
      />
      <PlanBar
        label={executed ? t('column.actual') : t('column.rows')}
        share={row.rowsShare}
        value={
          executed
            ? `${amount.count(estimated)} → ${amount.count(actual)}`
            : amount.count(estimated)
        }
        wide={executed}
        tone={row.misestimate !== null && row.misestimate >= 10 ? 'hot' : 'quiet'}
      />
      {executed && (
        <PlanBar
          label={t('column.time')}
          share={row.timeShare}
          value={amount.time(row.ownTimeMs)}
          tone="plain"
        />
      )}
    </>
  );
}
