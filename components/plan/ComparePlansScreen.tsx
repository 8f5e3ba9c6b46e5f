/** Two plans of a statement, step by step: what is the same, what changed, what came and went. */
'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useFormatter, useTranslations } from 'next-intl';
import { Ago } from '@/components/screen/Ago';
import { Failure, LoadingRows } from '@/components/screen/Faces';
import { Screen } from '@/components/screen/Screen';
import { visibleText } from '@/components/statement/sql-tokens';
import { useAmount } from '@/components/statement/use-amount';
import { Badge } from '@/components/ui/Badge';
import { Button } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { Switch } from '@/components/ui/Switch';
import { Table, Td, Th, Tr } from '@/components/ui/Table';
import { comparePlansOptions, type PlansCompareBody } from '@/lib/client/statements';
import { useAddress } from '@/lib/client/use-address';
import type { PlanBody, PlanNode } from '@/lib/contract';

/** Costs nearer than this are called the same: the planner's units are estimates. */
const NEARLY = 1.1;

export function ComparePlansScreen() {
  const t = useTranslations('plan.compare');
  const tPlan = useTranslations('plan');
  const { get, set } = useAddress();
  const [a, b] = [get('a') ?? '', get('b') ?? ''];
  const query = useQuery({ ...comparePlansOptions(a, b), enabled: a !== '' && b !== '' });
  const onlyDifferences = get('all') === null;
  const { data } = query;
  if (!a || !b)
    return (
      <Screen title={t('title')}>
        <EmptyState title={t('title')}>{t('choose')}</EmptyState>
      </Screen>
    );
  return (
    <Screen
      title={t('title')}
      lead={data && <Sentence data={data} />}
      actions={<Button onClick={() => set({ a: b, b: a })}>{t('swap')}</Button>}
    >
      {query.error && !data && (
        <Failure title={tPlan('error')} error={query.error} retry={() => void query.refetch()} />
      )}
      {!query.error && !data && (
        <div className="rounded-md border border-line bg-raised">
          <LoadingRows rows={8} />
        </div>
      )}
      {data && (
        <>
          <div className="grid gap-4 sm:grid-cols-2">
            <Head title={t('before')} plan={data.a} />
            <Head title={t('after')} plan={data.b} />
          </div>
          <section className="rounded-md border border-line bg-raised">
            <div className="border-line border-b px-3 py-2">
              <Switch
                checked={onlyDifferences}
                onChange={(checked) => set({ all: checked ? null : 1 })}
                label={t('onlyDifferences')}
              />
            </div>
            <Differences data={data} onlyDifferences={onlyDifferences} />
          </section>
        </>
      )}
    </Screen>
  );
}

function Sentence({ data }: { data: PlansCompareBody }) {
  const t = useTranslations('plan.compare.sentence');
  const format = useFormatter();
  const [before, after] = [data.a.root.cost, data.b.root.cost];
  if (before === null || after === null || before <= 0 || after <= 0) return t('unknown');
  const factor = Math.max(before, after) / Math.min(before, after);
  if (factor < NEARLY) return t(data.same_shape ? 'same' : 'shape');
  return t(after < before ? 'cheaper' : 'dearer', {
    factor: format.number(factor, { maximumSignificantDigits: 3 }),
  });
}

function Head({ title, plan }: { title: string; plan: PlanBody }) {
  const t = useTranslations('plan.compare');
  const tPlan = useTranslations('plan');
  const amount = useAmount();
  return (
    <div className="rounded-md border border-line bg-raised p-4">
      <h2 className="text-[12px] text-muted">{title}</h2>
      <p className="mt-1 flex flex-wrap items-baseline gap-x-3">
        <Link
          href={`/plans/${plan.id}`}
          className="font-semibold text-[20px] tabular-nums hover:underline"
        >
          {t('cost', { cost: amount.count(plan.root.cost) })}
        </Link>
        <span className="text-muted">
          <Ago at={plan.captured_at} clock />
        </span>
        {plan.generic && <Badge>{tPlan('generic')}</Badge>}
      </p>
    </div>
  );
}

const TONES = { same: 'plain', changed: 'warning', added: 'accent', removed: 'unknown' } as const;

function Differences(props: { data: PlansCompareBody; onlyDifferences: boolean }) {
  const t = useTranslations('plan.compare');
  const tColumn = useTranslations('plan.column');
  const amount = useAmount();
  const rows = props.data.differences.filter(
    ({ kind }) => !props.onlyDifferences || kind !== 'same',
  );
  if (rows.length === 0) return <p className="p-4 text-muted">{t('none')}</p>;
  return (
    <Table caption={t('title')}>
      <thead>
        <tr>
          <Th>
            <span className="sr-only">{t('change.changed')}</span>
          </Th>
          <Th>{t('before')}</Th>
          <Th>{t('after')}</Th>
          <Th className="text-right">{tColumn('total')}</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Tr key={`${row.node_a} ${row.node_b}`}>
            <Td className="w-20">
              <Badge tone={TONES[row.kind]}>{t(`change.${row.kind}`)}</Badge>
            </Td>
            <Td>{step(props.data.a.root, row.node_a)}</Td>
            <Td>{step(props.data.b.root, row.node_b)}</Td>
            <Td className="whitespace-nowrap text-right tabular-nums">
              {row.node_a !== null && amount.count(row.cost_a)}
              {row.node_a !== null && row.node_b !== null && ' → '}
              {row.node_b !== null && amount.count(row.cost_b)}
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

/** The step at a path, indented by its depth; nothing where the other plan alone has it. */
function step(root: PlanNode, path: string | null) {
  if (path === null) return <span className="text-muted">—</span>;
  const indices = path.split('.').slice(1).map(Number);
  let node: PlanNode | undefined = root;
  for (const index of indices) node = node?.children[index];
  if (!node) return null;
  const target = [node.relation, node.index].filter((each) => each !== null).join(' · ');
  return (
    <span className="block" style={{ paddingLeft: Math.min(indices.length * 12, 96) }}>
      <span className="font-medium">{visibleText(node.type)}</span>{' '}
      <bdi className="font-mono text-[12px] text-muted">{visibleText(target)}</bdi>
    </span>
  );
}
