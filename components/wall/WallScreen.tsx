'use client';

/** A wall: asks once in four seconds, shows the worst first, and says loudly when it cannot know. */
import type { CSSProperties } from 'react';
import { Turret } from '@/components/layout/Turret';
import type { Severity, WallStateBody } from '@/lib/contract';
import { useWall, type WallOnPage } from './use-wall';
import { useWallWords } from './use-wall-words';
import { WallIncidentTakeover } from './WallIncidentTakeover';
import { WallAlerts, WallReplication, WallStatements } from './WallLists';
import { WallLoud } from './WallLoud';
import { WallMark } from './WallMark';
import { WallTakeover } from './WallTakeover';
import { WallTower } from './WallTower';
import './wall.css';
import { ageAt, driftAt, pageAt, pagesOf, shownState, type WallPage } from './wall-time';

export function WallScreen(props: WallOnPage & { theme: 'dark' | 'light' }) {
  const wall = useWall(props);
  const { state, now, lost, refused, trouble } = wall;
  const theme = state?.wall.theme ?? props.theme;
  const untrue = lost || trouble !== null;
  const pages = state ? pagesOf(state) : [];
  const at = pageAt(now, state?.wall.rotate_s ?? 20, pages.length);
  const page = pages[at];
  const drift = driftAt(now);
  const place = {
    transform: `translate(calc(${drift.x} * var(--u)), calc(${drift.y} * var(--u)))`,
  };
  const taken = page?.kind === 'takeover' || page?.kind === 'incident';
  const takes = taken && !untrue;
  return (
    <main
      lang={props.language}
      data-theme={theme}
      data-connection={
        lost ? 'lost' : (trouble?.kind ?? refused ?? (wall.beating ? 'live' : 'opening'))
      }
      className={`wall ${untrue ? 'wall-lost' : ''} ${takes ? 'wall-takes' : ''}`}
    >
      {state && page && (
        <div className="wall-body" style={place}>
          <WallHeader state={state} now={now} lost={untrue} />
          {!taken && <WallSentence state={state} now={now} lost={untrue} />}
          <div className="wall-panel">
            <WallPanel page={page} pages={pages} at={at} state={state} now={now} lost={untrue} />
          </div>
          <WallFooter state={state} now={now} pages={pages.length} at={at} />
        </div>
      )}
      {refused ? (
        <WallLoud kind={refused} since={null} now={now} />
      ) : lost ? (
        <WallLoud kind="lost" since={wall.answeredAt + wall.aheadMs} now={now} />
      ) : trouble ? (
        <WallLoud kind={trouble.kind} since={trouble.since + wall.aheadMs} now={now} />
      ) : null}
      <NotBeating />
    </main>
  );
}

/** Shown by the watchdog of the page, when nothing else can be. */
function NotBeating() {
  const { t } = useWallWords();
  return (
    <div className="wall-loud wall-dead" aria-hidden="true">
      <h1>{t('loud.lost.title')}</h1>
      <p>{t('loud.lost.body')}</p>
    </div>
  );
}

type Shown = { state: WallStateBody; now: number; lost: boolean };
const order = ['critical', 'warning', 'unknown', 'ok'] as const;

const statesOf = ({ state, now, lost }: Shown): Severity[] =>
  state.clusters.map((one) => shownState(one.state, ageAt(one.last_seen, now), lost));

function WallHeader(shown: Shown) {
  const { state, now } = shown;
  const { t, clock, date } = useWallWords();
  const states = statesOf(shown);
  return (
    <header className="wall-row wall-header">
      <span className="wall-turret">
        <Turret />
      </span>
      <h1 className="wall-name">
        <bdi>{state.wall.name}</bdi>
      </h1>
      <p className="wall-row wall-counts">
        {order.map((severity) => {
          const count = states.filter((one) => one === severity).length;
          return (
            <span key={severity} className={count === 0 ? 'wall-none' : ''}>
              <WallMark status={severity} />
              {count}
            </span>
          );
        })}
      </p>
      <p className="wall-date wall-muted">
        {date(now)}
        <br />
        {t('zone', { zone: state.wall.zone.replaceAll('_', ' ') })}
      </p>
      <time className="wall-clock" suppressHydrationWarning>
        {clock(now, true)}
      </time>
    </header>
  );
}

/** The answer first: what is worst, in words. */
function WallSentence(shown: Shown) {
  const { state, now } = shown;
  const { t, sentence, clusterName, ago } = useWallWords();
  const states = statesOf(shown);
  const worst = order.find((one) => states.includes(one)) ?? 'unknown';
  const cluster = state.clusters[states.indexOf(worst)];
  const age = ageAt(cluster?.last_seen ?? null, now);
  const text =
    !cluster || worst === 'ok'
      ? sentence(state.sentence)
      : worst === cluster.state || age === null
        ? `${clusterName(cluster)}: ${sentence(cluster.sentence)}`
        : `${clusterName(cluster)}: ${t('old', { ago: ago(age) })}`;
  return (
    <p className="wall-sentence">
      <WallMark status={worst} />
      <span>{text}</span>
    </p>
  );
}

function WallPanel(props: Shown & { page: WallPage; pages: WallPage[]; at: number }) {
  const { page, pages, at, ...shown } = props;
  const { state } = shown;
  const { t } = useWallWords();
  if (page.kind === 'takeover') {
    const alert = state.alerts[page.alert];
    return alert ? (
      <WallTakeover alert={alert} {...shown} of={{ at: at + 1, count: pages.length }} />
    ) : null;
  }
  if (page.kind === 'incident') {
    const incident = state.incidents[page.incident];
    return incident ? (
      <WallIncidentTakeover
        incident={incident}
        {...shown}
        of={{ at: at + 1, count: pages.length }}
      />
    ) : null;
  }
  if (page.kind === 'alerts') return <WallAlerts {...shown} />;
  if (page.kind === 'replication') return <WallReplication {...shown} />;
  if (page.kind === 'statements') return <WallStatements {...shown} />;
  const clusters = state.clusters.slice(page.from, page.to);
  if (clusters.length === 0) return <p className="wall-sentence wall-muted">{t('noClusters')}</p>;
  const across = Math.min(clusters.length, 4);
  const style = {
    '--across': across,
    '--across-upright': clusters.length > 2 ? 2 : 1,
  } as CSSProperties;
  return (
    <div className="wall-towers" style={style}>
      {clusters.map((one) => (
        <WallTower key={one.number} cluster={one} now={shown.now} lost={shown.lost} />
      ))}
    </div>
  );
}

/** Rules are looked at each few seconds; a minute and a half without is no calm. */
const evaluatedWithinMs = 90_000;

function WallFooter(props: { state: WallStateBody; now: number; pages: number; at: number }) {
  const { state, now, pages, at } = props;
  const { t, ago } = useWallWords();
  const seen = state.clusters.map((one) => one.last_seen).filter((one) => one !== null);
  const age = ageAt(seen.length > 0 ? Math.max(...seen) : null, now);
  const evaluated = ageAt(state.evaluated_at, now);
  const firing = state.alerts.length + state.more_alerts;
  const blind = evaluated === null || evaluated > evaluatedWithinMs;
  return (
    <footer className="wall-row wall-foot">
      <span className="wall-row" data-age>
        {age === null ? t('noData') : t('data', { ago: ago(age) })}
      </span>
      <span className="wall-dots" aria-hidden="true">
        {pages > 1 &&
          Array.from({ length: Math.min(pages, 24) }, (_, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: dots are their places
            <i key={n} data-here={n === at || undefined} />
          ))}
      </span>
      <span className={blind ? 'text-unknown' : firing > 0 ? '' : 'wall-muted'}>
        {blind
          ? evaluated === null
            ? t('neverEvaluated')
            : t('notEvaluated', { ago: ago(evaluated) })
          : t('firing', { count: firing })}
        {state.incidents.length > 0 && <> · {t('incidents', { count: state.incidents.length })}</>}
      </span>
    </footer>
  );
}
