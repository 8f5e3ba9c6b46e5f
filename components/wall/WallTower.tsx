'use client';

import { sparkPath } from '@/lib/chart/prepare-ticks';
import type { LayerBody, Severity, WallCluster } from '@/lib/contract';
import { useWallWords } from './use-wall-words';
import { WallMark } from './WallMark';
import { ageAt, shownState } from './wall-time';

/** One cluster as a tower of three storeys. */
export function WallTower(props: { cluster: WallCluster; now: number; lost: boolean }) {
  const { cluster, now, lost } = props;
  const { t, amount, clusterName, engines, sentence, ago } = useWallWords();
  const age = ageAt(cluster.last_seen, now);
  const state = shownState(cluster.state, age, lost);
  const lag = amount(cluster.worst_lag_ms, 'ms');
  return (
    <article className="wall-tower" data-state={state}>
      <div>
        <header className="wall-tower-head">
          <h2 className="wall-tower-name">
            <WallMark status={state} />
            <bdi>{clusterName(cluster)}</bdi>
          </h2>
          <p className={`wall-tower-says ${state === 'ok' ? 'wall-muted' : ''}`}>
            {state === cluster.state || age === null
              ? state === 'ok'
                ? t('calm')
                : sentence(cluster.sentence)
              : t('old', { ago: ago(age) })}
          </p>
        </header>
        {cluster.layers.map((layer) => (
          <Storey key={layer.layer} layer={layer} now={now} lost={lost} />
        ))}
        <footer className="wall-tower-foot wall-muted">
          <span>
            {engines(cluster.engines)}
            <span className="wall-tower-more">
              {' · '}
              {t('servers', { count: cluster.servers })}
              {cluster.replicas > 0 && <> · {t('lag', { lag: lag ? lag.join(' ') : '–' })}</>}
            </span>
          </span>
          <span>{age === null ? t('neverSeen') : ago(age)}</span>
        </footer>
      </div>
    </article>
  );
}

const eaves = {
  application: 'M50 0V4.5M0 10Q36 9.6 46 4.5h8Q64 9.6 100 10Z',
  database: 'M0 10Q8 8 11 0H89Q92 8 100 10Z',
  infrastructure: 'M0 10Q8 8 11 0H89Q92 8 100 10Z',
};

function Storey({ layer, now, lost }: { layer: LayerBody; now: number; lost: boolean }) {
  const { t, amount, ago } = useWallWords();
  const { headline } = layer;
  // A storey without a time of its own is judged by its tower.
  const at = headline?.at ?? null;
  const age = ageAt(at, now);
  const state: Severity = layer.measured ? shownState(layer.state, age ?? 0, lost) : 'unknown';
  const value = headline && amount(headline.value, headline.unit);
  const old = age !== null && age > 60_000;
  return (
    <section className="wall-storey" data-layer={layer.layer} data-state={state}>
      <svg
        className="wall-eaves"
        viewBox="0 0 100 10"
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <path d={eaves[layer.layer]} />
      </svg>
      <div className="wall-room">
        <p className="wall-label">
          <WallMark status={state} />
          <span>{t(`layer.${layer.layer}`)}</span>
          {layer.measured && (
            <span className="wall-label-end">{old ? ago(age) : t(`headline.${layer.layer}`)}</span>
          )}
        </p>
        {!layer.measured ? (
          <p className="wall-number wall-no">{t('notMeasured')}</p>
        ) : value ? (
          <p className="wall-number">
            {value[0]}
            <small>{value[1]}</small>
          </p>
        ) : (
          <p className="wall-number wall-no">{t('noValue')}</p>
        )}
        {layer.measured && (
          <div className="wall-spark">
            <svg viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true">
              <path d={sparkPath(layer.spark, 100, 18)} transform="translate(0 1)" />
            </svg>
          </div>
        )}
      </div>
    </section>
  );
}
