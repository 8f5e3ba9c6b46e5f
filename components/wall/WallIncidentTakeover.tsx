'use client';

import { useTranslations } from 'next-intl';
import type { WallIncident, WallStateBody } from '@/lib/contract';
import { useWallWords } from './use-wall-words';
import { WallMark } from './WallMark';
import { WallTower } from './WallTower';
import { ageAt } from './wall-time';

/** A critical incident on the whole screen, with the tower it is in and how far people are with it. */
export function WallIncidentTakeover(props: {
  incident: WallIncident;
  state: WallStateBody;
  now: number;
  lost: boolean;
  of: { at: number; count: number };
}) {
  const { incident, state, now, lost, of } = props;
  const { t, clusterName, clock, age } = useWallWords();
  const phases = useTranslations('incident.phase');
  const cluster = state.clusters.find((one) => one.number === incident.number);
  return (
    <div className="wall-takeover" data-incident={incident.id}>
      <section className="wall-takeover-says">
        <p className="wall-takeover-level">
          <WallMark status={lost ? 'unknown' : 'critical'} />
          {t('incident')}
          {of.count > 1 && <span>{t('of', { at: of.at, count: of.count })}</span>}
        </p>
        <h1>{incident.title ?? t('incidentOpen')}</h1>
        {cluster && (
          <p className="wall-takeover-where">
            <bdi>{clusterName(cluster)}</bdi>
          </p>
        )}
        <p className="wall-takeover-value wall-takeover-phase">{phases(incident.phase)}</p>
        <p className="wall-takeover-where">
          {t('since', {
            time: clock(incident.started_at),
            age: age(ageAt(incident.started_at, now) ?? 0),
          })}
          {' · '}
          {t('firing', { count: incident.firing })}
        </p>
        <p className="wall-muted">{t('untilMitigated')}</p>
      </section>
      {cluster && <WallTower cluster={cluster} now={now} lost={lost} />}
    </div>
  );
}
