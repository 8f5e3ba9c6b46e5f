'use client';

import { useEffect, useState } from 'react';
import { Turret } from '@/components/layout/Turret';
import { Button } from '@/components/ui/Button';
import { chooseLocale, type Locale, localeCookie } from '@/lib/i18n/locale';
import english from '@/lib/i18n/messages/en/shell.json';
import japanese from '@/lib/i18n/messages/ja/shell.json';
import './globals.css';

const words = { en: english.error, ja: japanese.error };

/** What the reader chose, else the browser's language. */
function localeOfBrowser(): Locale {
  const chosen = document.cookie
    .split('; ')
    .find((one) => one.startsWith(`${localeCookie}=`))
    ?.slice(localeCookie.length + 1);
  return chooseLocale(chosen, navigator.languages.join(','));
}

/**
 * The document when the layout itself failed: nothing around it works, so it brings its own words.
 * The framework's own page has inline styles, which the content security policy refuses.
 */
export default function GlobalError(props: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  const [locale, setLocale] = useState<Locale>('en');
  useEffect(() => setLocale(localeOfBrowser()), []);
  const t = words[locale];
  return (
    <html lang={locale} data-theme="system">
      <body>
        <title>{`${t.title} · Yagura`}</title>
        <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center gap-3 px-6">
          <Turret />
          <h1 className="font-semibold text-[20px]">{t.title}</h1>
          <p className="text-muted">{t.body}</p>
          {props.error.digest && (
            <p className="text-muted">{t.code.replace('{code}', props.error.digest)}</p>
          )}
          <p className="flex items-center gap-4">
            <Button variant="primary" onClick={props.reset}>
              {t.again}
            </Button>
            {/* Not a router link: the router may be what failed, and a whole load starts afresh. */}
            <a href="/" className="text-accent underline underline-offset-2">
              {t.home}
            </a>
          </p>
        </main>
      </body>
    </html>
  );
}
