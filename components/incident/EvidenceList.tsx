'use client';

/** What was known at the moment it was opened: copies, which no retention takes away. */
import Link from 'next/link';
import { useLocale, useTimeZone, useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { Sparkline } from '@/components/chart/Sparkline';
import { VerdictWords } from '@/components/cluster/VerdictText';
import { Moment } from '@/components/screen/Ago';
import { visibleText } from '@/components/statement/sql-tokens';
import { Badge } from '@/components/ui/Badge';
import type {
  ActivityBody,
  AlertBody,
  ClusterDetailBody,
  EventBody,
  IncidentDetailBody,
  StatementsCompareBody,
  VerdictBody,
} from '@/lib/contract';
import { formatMs, formatQuantity, type Quantity } from '@/lib/format/quantity';
import { formatClock, formatMoment } from '@/lib/format/time';
import type { Locale } from '@/lib/i18n/locale';

type Evidence = IncidentDetailBody['evidence'][number];

export function EvidenceList({ incident }: { incident: IncidentDetailBody }) {
  const t = useTranslations('incident.evidence');
  const locale = useLocale() as Locale;
  const zone = useTimeZone() ?? 'UTC';
  const [first] = incident.evidence;
  if (!first) return null;
  const title = t('title', { at: formatMoment(first.at, locale, zone) });
  return (
    <section
      aria-label={title}
      className="flex min-w-0 flex-col gap-2 rounded-md border border-line bg-raised p-3"
    >
      <h2 className="font-medium text-[14px]">{title}</h2>
      {incident.evidence.map((one) => (
        <details key={one.id} open={one.kind !== 'events'} className="border-line border-t pt-2">
          <summary className="cursor-pointer font-medium text-[13px]">
            {one.kind === 'sessions'
              ? t('sessions', { instance: visibleText(one.instance ?? '') })
              : t(one.kind)}
          </summary>
          <div className="pt-2 text-[13px]">
            {one.reason === null ? (
              <Body evidence={one} cluster={incident.cluster?.id ?? null} />
            ) : (
              <p className="text-muted">{t('missing', { reason: visibleText(one.reason) })}</p>
            )}
          </div>
        </details>
      ))}
    </section>
  );
}

/** Each kind was written by lib/storage/freeze-evidence, with the shape that the API gave at that time. */
function Body({ evidence, cluster }: { evidence: Evidence; cluster: string | null }): ReactNode {
  switch (evidence.kind) {
    case 'verdict':
      return <VerdictWords verdict={evidence.body as VerdictBody} />;
    case 'sessions':
      return <Sessions body={evidence.body as FrozenSessions} />;
    case 'statements':
      return <Statements body={evidence.body as FrozenStatements} cluster={cluster} />;
    case 'replication':
      return <Replicas body={evidence.body as ClusterDetailBody['replication']} />;
    case 'alerts':
      return <Alerts alerts={evidence.body as AlertBody[]} />;
    case 'settings':
    case 'events':
      return <Events events={evidence.body as EventBody[]} />;
    case 'charts':
      return <Charts series={evidence.body as FrozenSeries[]} />;
  }
}

function Alerts({ alerts }: { alerts: AlertBody[] }) {
  const t = useTranslations('incident.evidence');
  const phase = useTranslations('alerts.phase');
  const locale = useLocale() as Locale;
  if (alerts.length === 0) return <p className="text-muted">{t('nothing')}</p>;
  return (
    <ul className="flex flex-col gap-1">
      {alerts.map((one) => {
        const quantity = { unit: one.unit as Quantity['unit'], perSecond: one.per_second };
        return (
          <li key={one.id} className="flex flex-wrap items-baseline gap-x-2">
            <Badge tone={one.level ?? 'unknown'}>{phase(one.phase)}</Badge>
            <span>{visibleText(one.says[locale])}</span>
            <bdi className="text-muted">{visibleText(one.instance.name)}</bdi>
            <span className="tabular-nums">{formatQuantity(one.value, quantity, locale)}</span>
          </li>
        );
      })}
    </ul>
  );
}

type FrozenSessions = Pick<ActivityBody, 'sessions' | 'blocking'> & { at: number; more: number };

function Sessions({ body }: { body: FrozenSessions }) {
  const t = useTranslations('incident.evidence');
  const locale = useLocale() as Locale;
  const zone = useTimeZone() ?? 'UTC';
  const waiting = new Map(body.blocking.map(({ blocker, waiting: count }) => [blocker, count]));
  const shown = body.sessions.filter(
    (one) => waiting.has(one.pid) || one.blocked_by.length > 0 || one.state === 'active',
  );
  const rest = body.sessions.length - shown.length + body.more;
  return (
    <div className="flex flex-col gap-1.5">
      <p className="text-[12px] text-muted">
        {t('sessionsRead', { at: formatClock(body.at, locale, zone, true) })}
      </p>
      {shown.length === 0 && <p className="text-muted">{t('nothing')}</p>}
      <ul className="flex flex-col gap-1.5">
        {shown.map((one) => (
          <li key={`${one.pid} ${one.started}`} className="flex min-w-0 flex-col">
            <span className="flex flex-wrap items-baseline gap-x-2">
              <span className="tabular-nums">{one.pid}</span>
              <bdi className="text-muted">
                {visibleText([one.user, one.database, one.application].filter(Boolean).join(' · '))}
              </bdi>
              {waiting.has(one.pid) && (
                <Badge tone="critical">{t('blocks', { count: waiting.get(one.pid) ?? 0 })}</Badge>
              )}
              {one.blocked_by.length > 0 && (
                <Badge tone="warning">{t('waits', { pids: one.blocked_by.join(', ') })}</Badge>
              )}
              {one.wait && (
                <span className="text-[12px] text-muted">
                  {visibleText(`${one.wait.class} ${one.wait.event}`)}
                </span>
              )}
              <span className="text-[12px] text-muted tabular-nums">
                {formatMs(one.transaction_ms ?? one.statement_ms, locale)}
              </span>
            </span>
            {one.statement && (
              <code className="line-clamp-2 break-words font-mono text-[12px] text-muted">
                {visibleText(one.statement.text.slice(0, 400))}
              </code>
            )}
          </li>
        ))}
      </ul>
      {rest > 0 && <p className="text-[12px] text-muted">{t('more', { count: rest })}</p>}
    </div>
  );
}

type FrozenStatements = {
  statements: (StatementsCompareBody['statements'][number] & { plan: { id: string } | null })[];
};

function Statements({ body, cluster }: { body: FrozenStatements; cluster: string | null }) {
  const t = useTranslations('incident');
  const locale = useLocale() as Locale;
  if (body.statements.length === 0) return <p className="text-muted">{t('evidence.nothing')}</p>;
  return (
    <ul className="flex flex-col gap-2">
      {body.statements.map((one) => (
        <li key={one.id} className="flex min-w-0 flex-col gap-0.5">
          <span className="flex flex-wrap items-baseline gap-x-2">
            <Badge tone={one.state === 'slower' ? 'warning' : 'plain'}>
              {t(`statement.${one.state}`)}
            </Badge>
            <span className="tabular-nums">
              {formatMs(one.before.mean_ms, locale)} → {formatMs(one.after.mean_ms, locale)}
            </span>
            {one.plan && (
              <Link
                href={`/plans/${one.plan.id}`}
                className="text-[12px] text-accent underline underline-offset-2"
              >
                {t('evidence.plan')}
              </Link>
            )}
          </span>
          <code className="line-clamp-2 break-words font-mono text-[12px] text-muted">
            {cluster === null ? (
              visibleText(one.text.slice(0, 400))
            ) : (
              <Link href={`/clusters/${cluster}/statements/${one.id}`} className="hover:underline">
                {visibleText(one.text.slice(0, 400))}
              </Link>
            )}
          </code>
        </li>
      ))}
    </ul>
  );
}

function Replicas({ body }: { body: ClusterDetailBody['replication'] }) {
  const t = useTranslations('incident.evidence');
  const state = useTranslations('cluster.replica');
  const locale = useLocale() as Locale;
  if (body.replicas.length === 0) return <p className="text-muted">{t('noReplicas')}</p>;
  return (
    <ul className="flex flex-col gap-1">
      {body.replicas.map((one) => (
        <li
          key={`${one.instance} ${one.channel}`}
          className="flex flex-wrap items-baseline gap-x-2"
        >
          <span>{state(one.state)}</span>
          <span className="tabular-nums">
            {one.lag_ms === null ? t('lagUnknown') : formatMs(one.lag_ms, locale)}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Events({ events }: { events: EventBody[] }) {
  const t = useTranslations('incident.evidence');
  if (events.length === 0) return <p className="text-muted">{t('nothing')}</p>;
  return (
    <ul className="flex flex-col gap-1">
      {events.map((one) => (
        <li key={one.id} className="flex flex-wrap items-baseline gap-x-2">
          <span className="text-muted tabular-nums">
            <Moment at={one.at} />
          </span>
          <Badge>{one.kind}</Badge>
          <span className="min-w-0 break-words">{visibleText(one.text)}</span>
        </li>
      ))}
    </ul>
  );
}

type FrozenSeries = {
  id: string;
  of?: string;
  layer: 'application' | 'database' | 'infrastructure';
  unit: Quantity['unit'];
  perSecond?: boolean;
  points: [number, number | null][];
};

function Charts({ series }: { series: FrozenSeries[] }) {
  const t = useTranslations('verdict.series');
  const layer = useTranslations('shell.layer');
  const nothing = useTranslations('incident.evidence');
  const locale = useLocale() as Locale;
  if (series.length === 0) return <p className="text-muted">{nothing('nothing')}</p>;
  return (
    <ul className="grid gap-x-6 gap-y-2 sm:grid-cols-2">
      {series.map((one) => {
        const values = one.points.map(([, value]) => value);
        const last = values.findLast((value) => value !== null) ?? null;
        return (
          <li key={`${one.id} ${one.of ?? ''}`} className="flex min-w-0 flex-col">
            <span className="flex items-baseline justify-between gap-2 text-[12px]">
              <span className="min-w-0 truncate">
                {t(one.id as 'load')}{' '}
                <span className="text-muted">{visibleText(one.of ?? layer(one.layer))}</span>
              </span>
              <span className="tabular-nums">
                {formatQuantity(
                  last,
                  { unit: one.unit, perSecond: one.perSecond ?? false },
                  locale,
                )}
              </span>
            </span>
            <span className="h-7">
              <Sparkline values={values} />
            </span>
          </li>
        );
      })}
    </ul>
  );
}
