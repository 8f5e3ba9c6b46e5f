'use client';

import { useTranslations } from 'next-intl';
import type { Severity, WallStateBody } from '@/lib/contract';
import { useWallWords } from './use-wall-words';
import { WallMark } from './WallMark';
import { ageAt, shownState } from './wall-time';

type Shown = { state: WallStateBody; now: number; lost: boolean };
/** What fits on a page of the least readable size; the rest is counted. */
const fits = { small: 8, normal: 6, large: 5 };

/** The firing alerts, the worst first. */
export function WallAlerts({ state, now, lost }: Shown) {
  const { t, locale, amount, clusterName, ago } = useWallWords();
  const listed = state.alerts.slice(0, fits[state.wall.size]);
  const more = state.alerts.length - listed.length + state.more_alerts;
  return (
    <section className="wall-list">
      <h2>{t('panel.alerts')}</h2>
      {listed.map((one) => {
        const value = amount(one.value, one.unit, one.per_second);
        const fired = ageAt(one.fired_at, now) ?? 0;
        const shown = shownState(one.level, ageAt(one.data_at, now) ?? 0, lost);
        return (
          <article key={one.id} className="wall-item">
            <WallMark status={shown} />
            <div>
              <strong>{one.says[locale]}</strong>
              <p className="wall-muted">
                <bdi>{[clusterName(one), one.instance].filter(Boolean).join(' · ')}</bdi>
                {one.acknowledged && <> · {t('acknowledged')}</>}
              </p>
            </div>
            <p className="wall-value">
              {value?.join(' ') ?? '–'}
              <small>{ago(fired)}</small>
            </p>
          </article>
        );
      })}
      {listed.length === 0 && <p className="wall-sentence wall-muted">{t('noAlerts')}</p>}
      {more > 0 && <p className="wall-muted">{t('more', { count: more })}</p>}
    </section>
  );
}

const replicaStates: Record<string, Severity> = {
  ...{ streaming: 'ok', idle: 'ok', delayed: 'ok', catching_up: 'warning' },
  ...{ stopped: 'critical', disconnected: 'critical', unknown: 'unknown' },
};

/** Replicas and how far each is behind, the latest first. */
export function WallReplication({ state, now, lost }: Shown) {
  const { t, amount, clusterName } = useWallWords();
  const words = useTranslations('cluster.replica');
  const replicas = state.replicas ?? [];
  const listed = replicas.slice(0, fits[state.wall.size]);
  return (
    <section className="wall-list">
      <h2>{t('panel.replication')}</h2>
      {listed.map((one) => {
        const lag = amount(one.lag_ms, 'ms');
        const known = replicaStates[one.state] ?? 'unknown';
        const late = known === 'ok' && (one.late_ms ?? 0) >= 30_000 ? 'warning' : known;
        const shown = shownState(late, ageAt(one.at, now), lost);
        return (
          <article key={`${one.number}/${one.rank}`} className="wall-item">
            <WallMark status={shown} />
            <div>
              <strong>
                <bdi>{one.replica ?? t('replicaNumber', { number: one.rank })}</bdi>
              </strong>
              <p className="wall-muted">
                <bdi>{clusterName(one)}</bdi> · {words(shown === 'unknown' ? 'unknown' : one.state)}
              </p>
            </div>
            <p className="wall-value">
              {shown === 'unknown' || !lag ? '–' : lag.join(' ')}
              <small>{t('behind')}</small>
            </p>
          </article>
        );
      })}
      {listed.length === 0 && <p className="wall-sentence wall-muted">{t('noReplicas')}</p>}
      {replicas.length > listed.length && (
        <p className="wall-muted">{t('more', { count: replicas.length - listed.length })}</p>
      )}
    </section>
  );
}

/** What took most of the time of the last quarter of an hour. */
export function WallStatements({ state }: Shown) {
  const { t, amount, clusterName } = useWallWords();
  const listed = (state.statements ?? []).slice(0, fits[state.wall.size]);
  return (
    <section className="wall-list">
      <h2>{t('panel.statements')}</h2>
      {listed.map((one, at) => {
        const share = amount(one.share, 'ratio');
        const calls = amount(one.calls_per_second, 'count', true);
        const mean = amount(one.mean_ms, 'ms');
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a place in the ranking, which has no name when texts are hidden
          <article key={at} className="wall-item">
            <span className="wall-value wall-muted">{at + 1}</span>
            <div>
              <strong>
                {one.text === null ? one.kind.toUpperCase() : <code>{one.text}</code>}
              </strong>
              <p className="wall-muted">
                <bdi>{clusterName(one)}</bdi> · {calls?.join('') ?? '–'} ·{' '}
                {t('mean', { time: mean?.join(' ') ?? '–' })}
              </p>
            </div>
            <p className="wall-value">
              {share?.join('') ?? '–'}
              <small>{t('ofLoad')}</small>
            </p>
          </article>
        );
      })}
      {listed.length === 0 && <p className="wall-sentence wall-muted">{t('noStatements')}</p>}
    </section>
  );
}
