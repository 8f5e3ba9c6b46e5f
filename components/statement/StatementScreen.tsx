/** One statement: its SQL, what it did in the window, where it runs, its plans, and EXPLAIN. */
'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { type ReactNode, useCallback, useMemo } from 'react';
import { AdviceCard } from '@/components/advice/AdviceCard';
import { BeforeAfter } from '@/components/compare/BeforeAfter';
import { PlanFindings } from '@/components/plan/PlanFindings';
import { Failure, LoadingRows, StaleNote } from '@/components/screen/Faces';
import { Screen } from '@/components/screen/Screen';
import { useMarks } from '@/components/screen/use-marks';
import { useWindow } from '@/components/screen/use-window';
import { EmptyState } from '@/components/ui/EmptyState';
import { Icon } from '@/components/ui/Icon';
import { CallError } from '@/lib/client/call';
import { eventsOptions } from '@/lib/client/clusters';
import { instancesOptions } from '@/lib/client/instances';
import { executionsOptions } from '@/lib/client/log';
import { statementOptions, statementsOptions } from '@/lib/client/statements';
import { useRangeQuery } from '@/lib/client/use-address';
import type { StatementDetailBody } from '@/lib/contract';
import { ExecutionTable } from './ExecutionTable';
import { ExplainPanel } from './ExplainPanel';
import { FormattedSql } from './FormattedSql';
import { LogNotes } from './LogNotes';
import { PartialNotes } from './PartialNotes';
import { PlanList } from './PlanList';
import { changeOf } from './prepare-ranking';
import { StatementCharts } from './StatementCharts';
import { StatementErrors } from './StatementErrors';
import { StatementNumbers } from './StatementNumbers';
import { StatementTags } from './StatementTags';
import { oneLine, visibleText } from './sql-tokens';
import { sumRows } from './sum-rows';
import { useAmount } from './use-amount';
import { usePlanMarks } from './use-plan-marks';
import { WhereItRuns } from './WhereItRuns';

/** @param base path of the cluster's statements. */
export function StatementScreen(props: { id: string; cluster: string; base: string }) {
  const { id, cluster, base } = props;
  const t = useTranslations('statement');
  const tCompare = useTranslations('compare.here');
  const range = useRangeQuery();
  const window = useWindow();
  const query = useQuery(statementOptions(id, cluster, window));
  const instances = useQuery(instancesOptions());
  // The share needs what everything else took: one row of the ranking carries the totals.
  const ranking = useQuery(
    statementsOptions(
      {
        cluster,
        sort: 'total_ms',
        limit: 1,
      },
      window,
    ),
  );
  const executions = useQuery(executionsOptions({ cluster, statement: id, limit: 10, ...window }));
  const { data, error } = query;
  const own = (instances.data?.instances ?? []).filter((each) => each.cluster_id === cluster);
  const name = own[0]?.cluster;
  const events = useQuery(eventsOptions({ cluster, ...window }));
  const compareHref = useCallback(
    (event: string) => `/clusters/${cluster}/compare?event=${event}`,
    [cluster],
  );
  const marks = useMarks(events.data?.events, own, compareHref);
  const planMarks = usePlanMarks(data?.plans, data?.instances);
  const allMarks = useMemo(() => [...marks, ...planMarks], [marks, planMarks]);
  const back = (
    <Link href={`${base}${range}`} className="hover:text-text hover:underline">
      ← {t('back', { cluster: name ?? '…' })}
    </Link>
  );

  if (error instanceof CallError && error.status === 404)
    return (
      <Screen title={t('title')} above={back}>
        <EmptyState title={t('notFound.title')}>{t('notFound.body')}</EmptyState>
      </Screen>
    );
  if (!data)
    return (
      <Screen title={t('title')} above={back}>
        {error ? (
          <Failure title={t('error')} error={error} retry={() => void query.refetch()} />
        ) : (
          <div className="rounded-md border border-line bg-raised">
            <LoadingRows rows={10} height={44} />
          </div>
        )}
      </Screen>
    );

  const sum = sumRows(data.rows);
  const running = own.filter((each) => data.instances.some(({ id }) => id === each.id));
  // What findings of the plan say with its nodes is not said again.
  const found = data.advice.map(({ kind }) => kind).join(' ');
  const items = data.advice_items.filter(
    ({ kind }) =>
      !(kind === 'bad_estimate' && /estimate/.test(found)) &&
      !(kind === 'spill' && /spill/.test(found)),
  );
  const total = ranking.data?.totals.total_ms ?? null;
  const share = total && sum ? Math.min(1, sum.total_ms / total) : null;
  return (
    <Screen
      title={
        <span className="font-mono text-[17px]">
          {visibleText(shortTitle(data.statement.text))}
        </span>
      }
      lead={<Sentence data={data} share={share} />}
      above={back}
    >
      {error && <StaleNote since={query.dataUpdatedAt} error={error} />}
      <PartialNotes partial={data.partial} instances={own} />
      <div
        className={`grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_24rem] ${error ? 'opacity-70' : ''}`}
      >
        <div className="flex min-w-0 flex-col gap-4">
          <StatementNumbers
            sum={sum}
            share={share}
            mariadb={running.length > 0 && running.every(({ engine }) => engine === 'mariadb')}
          />
          <Box title={t('sql.title')}>
            <FormattedSql sql={data.statement.text} truncated={data.statement.truncated} />
            <StatementTags tags={data.statement.tags} base={base} query={range} />
          </Box>
          {items.length > 0 && (
            <section className="flex min-w-0 flex-col gap-3">
              <h2 className="font-semibold text-[14px]">{t('changes.title')}</h2>
              {items.map((item) => (
                <AdviceCard
                  key={item.id}
                  item={item}
                  base={`/clusters/${cluster}`}
                  query={range}
                  statements={[]}
                  withoutStatements
                />
              ))}
            </section>
          )}
          <StatementCharts
            series={data.series}
            window={window}
            partial={data.partial}
            events={allMarks}
          />
          <Box title={t('where.title')}>
            <WhereItRuns rows={data.rows} instances={data.instances} />
          </Box>
          <Box title={t('slowest.title')}>
            {executions.data?.executions.length ? (
              <ExecutionTable executions={executions.data.executions} instances={own} />
            ) : (
              <p className="text-muted">{executions.data ? t('slowest.none') : '…'}</p>
            )}
            {executions.data && <LogNotes logs={executions.data.logs} instances={own} />}
          </Box>
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <Box title={t('explain.button')}>
            <ExplainPanel
              statement={id}
              instances={data.instances}
              rows={data.rows}
              plans={data.plans}
            />
          </Box>
          <Box title={tCompare('title')}>
            <BeforeAfter
              statement={id}
              cluster={cluster}
              events={events.data?.events ?? []}
              marks={marks}
              compareHref={compareHref}
            />
          </Box>
          <Box title={t('advice.title')}>
            <PlanFindings findings={data.advice} none={t('advice.none')} />
          </Box>
          <Box title={t('plans.title')}>
            <PlanList plans={data.plans} instances={data.instances} />
            <Link
              href="/plans/new"
              className="mt-3 inline-block text-[12px] text-accent hover:underline"
            >
              {t('plans.readOwn')}
            </Link>
          </Box>
          <Box title={t('errors.title')}>
            <StatementErrors errors={data.errors} />
          </Box>
          <Box title={t('tables.title')}>
            {data.statement.tables.length === 0 ? (
              <p className="text-muted">{t('tables.none')}</p>
            ) : (
              <ul className="flex flex-wrap gap-1.5">
                {data.statement.tables.map((table) => (
                  <li key={table}>
                    <span className="inline-flex flex-wrap items-baseline gap-x-2 rounded-sm bg-sunken px-2 py-0.5 text-[12px]">
                      <Link
                        href={`/clusters/${cluster}/tables/${encodeURIComponent(table)}${range}`}
                        className="break-all font-mono hover:text-accent"
                      >
                        <bdi>{visibleText(table)}</bdi>
                      </Link>
                      <Link
                        href={`${base}${range ? `${range}&` : '?'}table=${encodeURIComponent(table)}`}
                        aria-label={`${t('tables.others')}: ${visibleText(table)}`}
                        title={t('tables.others')}
                        className="text-muted hover:text-accent"
                      >
                        <Icon name="search" />
                      </Link>
                    </span>
                  </li>
                ))}
              </ul>
            )}
          </Box>
        </div>
      </div>
    </Screen>
  );
}

function Box({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="min-w-0 rounded-md border border-line bg-raised p-4">
      <h2 className="mb-3 font-semibold text-[14px]">{title}</h2>
      {children}
    </section>
  );
}

/** How often, how long, and whether that is new. */
function Sentence({ data, share }: { data: StatementDetailBody; share: number | null }) {
  const t = useTranslations('statement.sentence');
  const amount = useAmount();
  const sum = sumRows(data.rows);
  if (!sum) return data.window.covered_from === null ? t('unknown') : t('quiet');
  const change = changeOf(sum.mean_ms, sum.previous_mean_ms);
  const ran = t('ran', {
    share: amount.share(share),
    calls: amount.count(sum.calls),
    mean: amount.time(sum.mean_ms),
    rows: amount.count(sum.calls > 0 ? sum.rows / sum.calls : null),
  });
  if (change.kind === 'more' || change.kind === 'less')
    return `${ran} ${t(change.kind === 'more' ? 'slower' : 'faster', { percent: amount.share(change.ratio) })}`;
  return change.kind === 'same' ? `${ran} ${t('same')}` : ran;
}

function shortTitle(sql: string): string {
  const line = oneLine(sql);
  return line.length > 110 ? `${line.slice(0, 110)}…` : line;
}
