'use client';

import type { ReactNode } from 'react';
import { useWallWords } from './use-wall-words';
import { ageAt } from './wall-time';

/** The words that stand before all else when the screen cannot show the present. */
export function WallLoud(props: {
  kind: 'lost' | 'store' | 'fault' | 'revoked' | 'expired' | 'unknown';
  since: number | null;
  now: number;
  children?: ReactNode;
}) {
  const { kind, since, now } = props;
  const { t, clock, age } = useWallWords();
  return (
    <div className="wall-loud" role="alert" data-loud={kind}>
      <h1>{t(`loud.${kind}.title`)}</h1>
      {since !== null && (
        <p>
          <time>{t('since', { time: clock(since, true), age: age(ageAt(since, now) ?? 0) })}</time>
        </p>
      )}
      <p>{t(`loud.${kind}.body`)}</p>
    </div>
  );
}
