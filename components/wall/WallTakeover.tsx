'use client';

import type { WallAlert, WallStateBody } from '@/lib/contract';
import { useWallWords } from './use-wall-words';
import { WallMark } from './WallMark';
import { WallTower } from './WallTower';
import { ageAt } from './wall-time';

/** A critical alert on the whole screen, with the tower it is in. */
export function WallTakeover(props: {
  alert: WallAlert;
  state: WallStateBody;
  now: number;
  lost: boolean;
  of: { at: number; count: number };
}) {
  const { alert, state, now, lost, of } = props;
  const { t, locale, amount, clusterName, clock, age } = useWallWords();
  const cluster = state.clusters.find((one) => one.number === alert.number);
  const value = amount(alert.value, alert.unit, alert.per_second);
  const threshold = amount(alert.threshold, alert.unit, alert.per_second);
  const since = ageAt(alert.fired_at, now) ?? 0;
  return (
    <div className="wall-takeover" data-takeover={alert.id}>
      <section className="wall-takeover-says">
        <p className="wall-takeover-level">
          <WallMark status={lost ? 'unknown' : 'critical'} />
          {t('critical')}
          {of.count > 1 && <span>{t('of', { at: of.at, count: of.count })}</span>}
        </p>
        <h1>{alert.says[locale]}</h1>
        <p className="wall-takeover-where">
          <bdi>{[clusterName(alert), alert.instance].filter(Boolean).join(' · ')}</bdi>
        </p>
        {value && (
          <p className="wall-takeover-value">
            {value.join(' ')}
            {threshold && (
              <small>{t(`limit.${alert.direction}`, { limit: threshold.join(' ') })}</small>
            )}
          </p>
        )}
        <p className="wall-takeover-where">
          {t('since', { time: clock(alert.fired_at), age: age(since) })}
        </p>
        <p className="wall-muted">{t('untilAcknowledged')}</p>
      </section>
      {cluster && <WallTower cluster={cluster} now={now} lost={lost} />}
    </div>
  );
}
