/** A plan: the sentence, the tree with its bars, the detail of a step, findings, and the text and JSON forms. */
'use client';

import { useTranslations } from 'next-intl';
import { useMemo, useState } from 'react';
import { Segments } from '@/components/instance/Segments';
import { useAmount } from '@/components/statement/use-amount';
import { Button } from '@/components/ui/Button';
import { CodeBlock } from '@/components/ui/CodeBlock';
import type { PlanBody, PlanNode } from '@/lib/contract';
import { PlanFindings } from './PlanFindings';
import { PlanNodeDetail } from './PlanNodeDetail';
import { nodeTitle } from './PlanNodeName';
import { PlanTree } from './PlanTree';
import {
  ancestorIds,
  cheapBranches,
  markRows,
  type PlanMarks,
  type PlanRow,
  preparePlanRows,
  visibleRows,
} from './prepare-plan-rows';
import { preparePlanText } from './prepare-plan-text';

export type PlanForm = 'tree' | 'text' | 'json';

/** From this many steps on, branches that hardly cost anything start folded. */
const BIG = 40;

type PlanViewProps = {
  plan: Pick<PlanBody, 'root' | 'findings'>;
  form: PlanForm;
  selected: string | null;
  onForm: (form: PlanForm) => void;
  onSelect: (node: string) => void;
};

export function PlanView({ plan, form, selected, onForm, onSelect }: PlanViewProps) {
  const t = useTranslations('plan');
  const rows = useMemo(() => preparePlanRows<PlanNode>(plan.root), [plan]);
  const marks = useMemo(() => markRows(rows), [rows]);
  const cheap = useMemo(() => cheapBranches(rows), [rows]);
  const [folded, setFolded] = useState<ReadonlySet<string>>(() =>
    rows.length >= BIG ? cheap : new Set(),
  );
  const executed = plan.root.rows_actual !== null;
  const shown = selected ?? marks.slowest ?? marks.costliest ?? '0';
  const row = rows.find((each) => each.id === shown) ?? null;

  function select(id: string) {
    setFolded((old) => {
      const above = ancestorIds(id).filter((each) => old.has(each));
      return above.length === 0 ? old : new Set([...old].filter((each) => !above.includes(each)));
    });
    onSelect(id);
  }

  function fold(id: string, isFolded: boolean) {
    setFolded((old) => {
      const next = new Set(old);
      if (isFolded) next.add(id);
      else next.delete(id);
      return next;
    });
  }

  return (
    <div className="flex flex-col gap-4">
      <PlanSentence rows={rows} marks={marks} executed={executed} />
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_22rem]">
        <section className="min-w-0 overflow-hidden rounded-md border border-line bg-raised">
          <div className="flex flex-wrap items-center justify-between gap-2 border-line border-b px-3 py-2">
            <Segments
              label={t('view.label')}
              value={form}
              options={[
                ['tree', t('view.tree')],
                ['text', t('view.text')],
                ['json', t('view.json')],
              ]}
              onChange={onForm}
            />
            {form === 'tree' && (
              <span className="flex items-center gap-2 text-[12px] text-muted">
                {t('tree.steps', { count: rows.length })}
                {folded.size > 0 ? (
                  <Button size="small" variant="quiet" onClick={() => setFolded(new Set())}>
                    {t('tree.unfoldAll')}
                  </Button>
                ) : (
                  cheap.size > 0 && (
                    <Button size="small" variant="quiet" onClick={() => setFolded(cheap)}>
                      {t('tree.foldAll')}
                    </Button>
                  )
                )}
              </span>
            )}
          </div>
          {form === 'tree' && (
            <PlanTree
              rows={visibleRows(rows, folded)}
              marks={marks}
              folded={folded}
              selected={shown}
              executed={executed}
              onSelect={select}
              onFold={fold}
            />
          )}
          {form !== 'tree' && (
            <div className="flex flex-col gap-2 p-3">
              <CodeBlock
                code={form === 'text' ? preparePlanText(plan.root) : JSON.stringify(plan, null, 2)}
                copyLabel={form === 'text' ? t('copyText') : t('copyJson')}
              />
              <p className="text-[12px] text-muted">{t('redacted')}</p>
            </div>
          )}
        </section>
        <div className="flex min-w-0 flex-col gap-4">
          <section className="rounded-md border border-line bg-raised p-4">
            <h2 className="mb-3 font-semibold text-[14px]">{t('findings.title')}</h2>
            <PlanFindings findings={plan.findings} none={t('findings.none')} show={select} />
          </section>
          <section aria-live="polite" className="rounded-md border border-line bg-raised p-4">
            <h2 className="sr-only">{t('node.detail')}</h2>
            <PlanNodeDetail row={row} />
          </section>
        </div>
      </div>
    </div>
  );
}

/** The answer first: where the cost, or the time, is. */
function PlanSentence(props: {
  rows: readonly PlanRow<PlanNode>[];
  marks: PlanMarks;
  executed: boolean;
}) {
  const t = useTranslations('plan.sentence');
  const amount = useAmount();
  const { rows, marks } = props;
  const find = (id: string | null) => rows.find((row) => row.id === id);
  const slowest = find(marks.slowest);
  const costliest = find(marks.costliest);
  const first = rows[0];
  const text = slowest
    ? t('slowest', { percent: amount.share(slowest.timeShare), node: nodeTitle(slowest.node) })
    : rows.length === 1 && first
      ? t('single', { node: nodeTitle(first.node) })
      : costliest && (costliest.costShare ?? 0) > 1 / 3
        ? t('costliest', {
            percent: amount.share(costliest.costShare),
            node: nodeTitle(costliest.node),
          })
        : costliest
          ? t('spread', { count: rows.length })
          : t('free');
  return (
    <p className="text-[15px] leading-relaxed">
      {text} {!props.executed && <span className="text-muted">{t('estimated')}</span>}
    </p>
  );
}
