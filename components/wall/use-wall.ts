'use client';

import { useEffect, useState } from 'react';
import { type WallRefusal, type WallStateBody, wallRefusals } from '@/lib/contract';
import type { Locale } from '@/lib/i18n/locale';
import {
  answerWithinMs,
  askAgainMs,
  askEveryMs,
  lostAfterMs,
  mayReload,
  type Reload,
} from './wall-time';

/** What the screen knows: one object, replaced by each answer. Nothing is added up, so days are as cheap as minutes. */
type Heard = {
  state: WallStateBody | null;
  /** When the server answered last, by this screen's clock. */
  answeredAt: number;
  /** What the server's clock is ahead of ours. */
  aheadMs: number;
  /** Since when the server answers that it cannot read: its store is down, or it has a fault of its own. */
  trouble: { kind: 'store' | 'fault'; since: number } | null;
  refused: WallRefusal | null;
};

export type Wall = Heard & {
  /** By the server's clock. */
  now: number;
  lost: boolean;
  /** The scripts of the page run. */
  beating: boolean;
};

/** What the page came with: which build and language it is of, when it was made, and the state then. */
export type WallOnPage = {
  path: string;
  build: string;
  language: Locale;
  renderedAt: number;
  first: WallStateBody | null;
};

/** The state of a wall, asked for by the clock. */
export function useWall({ path, language, renderedAt, first, ...page }: WallOnPage): Wall {
  // Of the scripts that run, whatever a refreshed page says later.
  const [build] = useState(page.build);
  const [now, setNow] = useState(renderedAt);
  const [beating, setBeating] = useState(false);
  const [heard, setHeard] = useState<Heard>({
    ...{ state: first, answeredAt: renderedAt, aheadMs: 0, refused: null },
    trouble: first ? null : { kind: 'store', since: renderedAt },
  });
  useEffect(() => {
    let ended = false;
    let asking: { since: number; control: AbortController } | null = null;
    let next = 0;
    const started = Date.now();
    // The page may have waited in a cache or on its way: its age counts from the server's clock only after an answer.
    setHeard((before) => ({ ...before, answeredAt: started }));

    async function ask() {
      const control = new AbortController();
      const own = { since: Date.now(), control };
      asking = own;
      let fault = true;
      try {
        const answer = await fetch(`${path}/state`, { signal: control.signal, cache: 'no-store' });
        const body = (await answer.json()) as WallStateBody & { error?: { code?: string } };
        const at = Date.now();
        if (ended || asking !== own) return;
        const refused = wallRefusals.find((one) => one === body.error?.code) ?? null;
        if (answer.ok) {
          const aheadMs = body.now - (own.since + at) / 2;
          setHeard({ state: body, answeredAt: at, aheadMs, trouble: null, refused: null });
          if (body.build !== build) void loadAnew(body.build);
          else if (body.wall.language !== language) void loadAnew(body.wall.language);
          fault = false;
        } else if (refused) {
          setHeard((before) => ({
            ...before,
            answeredAt: at,
            state: null,
            trouble: null,
            refused,
          }));
        } else {
          // It answers, and cannot read: that is another fault than silence.
          setHeard((before) => ({
            ...{ ...before, answeredAt: at },
            trouble: {
              kind: body.error?.code === 'store_unavailable' ? 'store' : 'fault',
              since: before.trouble?.since ?? at,
            },
          }));
        }
      } catch {
        // Silence: the clock says when it was too long.
      } finally {
        if (asking === own) {
          asking = null;
          next = Date.now() + (fault ? askAgainMs : askEveryMs);
        }
      }
    }

    function beat() {
      const at = Date.now();
      setNow(at);
      setBeating(true);
      // Read by the watchdog in the page, which lives on when this does not.
      document.documentElement.dataset.wallBeat = String(at);
      if (asking && (at - asking.since > answerWithinMs || at < asking.since)) {
        asking.control.abort();
        asking = null;
        next = 0;
      }
      // A clock that was set back would make the next question hours away.
      if (!asking && (at >= next || next - at > askEveryMs)) void ask();
    }

    beat();
    const timer = setInterval(beat, 1000);
    const events = ['online', 'focus', 'pageshow'] as const;
    for (const name of events) window.addEventListener(name, beat);
    document.addEventListener('visibilitychange', beat);
    return () => {
      ended = true;
      asking?.control.abort();
      clearInterval(timer);
      for (const name of events) window.removeEventListener(name, beat);
      document.removeEventListener('visibilitychange', beat);
    };
  }, [path, build, language]);
  return {
    ...heard,
    beating,
    now: now + heard.aheadMs,
    lost: heard.refused === null && now - heard.answeredAt > lostAfterMs,
  };
}

const memory = 'yagura-wall-reloads';

/** Loads the page anew, when it is there to be loaded. Where nothing can be remembered it stays as it is. */
async function loadAnew(to: string): Promise<void> {
  try {
    const done = JSON.parse(sessionStorage.getItem(memory) ?? '[]') as Reload[];
    const now = Date.now();
    if (!mayReload(done, to, now)) return;
    const signal = AbortSignal.timeout(2 * answerWithinMs);
    const page = await fetch(location.href, { cache: 'no-store', signal });
    // Read to its end: what is left half-read keeps its connection.
    await page.text();
    if (!page.ok) return;
    sessionStorage.setItem(memory, JSON.stringify([{ to, at: now }, ...done].slice(0, 8)));
    location.reload();
  } catch {
    // The next answer says it again.
  }
}
