import type { Metadata } from 'next';
import { cookies, headers } from 'next/headers';
import { NextIntlClientProvider } from 'next-intl';
import { getLocale } from 'next-intl/server';
import { readMessages } from '@/app/intl/read-messages';
import { WallLoud } from '@/components/wall/WallLoud';
import { WallScreen } from '@/components/wall/WallScreen';
import { isStoreOutage } from '@/lib/auth/route';
import { wallCookieName, wallOf } from '@/lib/auth/wall-link';
import type { WallStateBody } from '@/lib/contract';
import type { Locale } from '@/lib/i18n/locale';
import { buildId } from '@/lib/storage/build-id';
import { pool } from '@/lib/storage/pool';
import { readWallState } from '@/lib/storage/read-wall-state';

export const metadata: Metadata = { title: 'Wall' };

/**
 * Lives on when the scripts of the page did not arrive or ended: after 9 s without a beat it says that the picture is old,
 * and each half minute it loads the page anew. Only when the server gives it, since an error page of the browser would stay.
 * A screen that slept wakes both: its scripts get their time before they are called dead.
 */
const watchdog = `(function(){var d=document.documentElement,since=Date.now(),tried=since,ticked=since;setInterval(function(){
var n=Date.now();if(n-ticked>5000)since=tried=n;ticked=n;
var b=Number(d.dataset.wallBeat||0),last=Math.max(b>n+1000?0:b,since);if(since>n)since=last=n;
if(n-last<9000){delete d.dataset.wallDead;return}d.dataset.wallDead='';if(tried>n)tried=0;if(n-tried<30000)return;tried=n;
fetch(location.href,{cache:'no-store'}).then(function(r){return r.text().then(function(){if(r.ok)location.reload()})})
.catch(function(){})},1000)})()`;

type Read = { state: WallStateBody | null; refused: 'revoked' | 'expired' | 'unknown' | null };

async function read(
  id: string,
): Promise<Read & { language: Locale | null; zone: string; theme: 'dark' | 'light' }> {
  const neutral = {
    state: null,
    refused: null,
    language: null,
    zone: 'UTC',
    theme: 'dark' as const,
  };
  try {
    const found = await wallOf(id, (await cookies()).get(wallCookieName())?.value);
    if (!found) return { ...neutral, refused: 'unknown' };
    const { language, zone, theme } = found.wall;
    const own = { language, zone, theme };
    if (found.refused) return { ...neutral, ...own, refused: found.refused };
    return { ...neutral, ...own, state: await readWallState(pool(), found.wall) };
  } catch (error) {
    if (isStoreOutage(error)) return neutral;
    throw error;
  }
}

/** A wall for the browser that opened its link. What is rendered here is the whole picture: it needs no scripts. */
export default async function WallPage({ params }: { params: Promise<{ wall: string }> }) {
  const { wall: id } = await params;
  const { state, refused, language, zone, theme } = await read(id);
  const locale = language ?? ((await getLocale()) as Locale);
  const { wall, shell, cluster, incident } = await readMessages(locale);
  const nonce = (await headers()).get('x-nonce') ?? undefined;
  const seconds = Math.min(30, state?.wall.rotate_s ?? 10);
  const now = Date.now();
  return (
    <NextIntlClientProvider
      locale={locale}
      timeZone={zone}
      messages={{ wall, shell, cluster, incident } as never}
    >
      <noscript>
        <meta httpEquiv="refresh" content={String(seconds)} />
      </noscript>
      {refused ? (
        <main lang={locale} data-theme={theme} data-connection={refused} className="wall">
          <WallLoud kind={refused} since={null} now={now} />
        </main>
      ) : (
        <>
          <WallScreen
            {...{ path: `/wall/${id}`, build: buildId, language: locale, theme }}
            {...{ renderedAt: now, first: state }}
          />
          {/* biome-ignore lint/security/noDangerouslySetInnerHtml: the constant above */}
          <script nonce={nonce} dangerouslySetInnerHTML={{ __html: watchdog }} />
          <noscript>
            <div data-theme={theme} className="wall-old">
              {(wall as Record<string, string>).frozen}
            </div>
          </noscript>
        </>
      )}
    </NextIntlClientProvider>
  );
}
