'use client';

import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { WallLoud } from './WallLoud';
import './wall.css';

/** Exchanges the token of the address for the cookie, and asks again as long as the server does not answer. */
export function OpenWall() {
  const t = useTranslations('wall');
  const [failed, setFailed] = useState<'unknown' | 'lost' | null>(null);
  useEffect(() => {
    let ended = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    async function open() {
      const token = location.hash.slice(1);
      try {
        const answer = await fetch('/wall/open', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ token }),
          signal: AbortSignal.timeout(8000),
        });
        if (ended) return;
        // Leaves no trace of the token in the history.
        if (answer.ok) return location.replace(((await answer.json()) as { path: string }).path);
        if (answer.status < 500) return setFailed('unknown');
        throw new Error(String(answer.status));
      } catch {
        if (ended) return;
        setFailed('lost');
        timer = setTimeout(open, 3000);
      }
    }
    void open();
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, []);
  return (
    <main data-theme="dark" className="wall">
      {failed ? (
        <WallLoud kind={failed} since={null} now={0} />
      ) : (
        <p className="p-8 text-[20px] text-muted">{t('opening')}</p>
      )}
    </main>
  );
}
