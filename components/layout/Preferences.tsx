'use client';

import { useRouter } from 'next/navigation';
import { useLocale, useTranslations } from 'next-intl';
import { useEffect } from 'react';
import { Icon } from '@/components/ui/Icon';
import { localeCookie, zoneCookie } from '@/lib/i18n/locale';
import { chooseTheme, themeCookie, themes } from '@/lib/i18n/theme';

function remember(name: string, value: string) {
  // biome-ignore lint/suspicious/noDocumentCookie: the server reads it to render without a flash
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=31536000; samesite=lax`;
}

const look = 'h-8 rounded-md px-2 text-muted hover:bg-hover hover:text-text';

/** Language and theme, one press each; the reader's time zone is told to the server once. */
export function Preferences() {
  const t = useTranslations('shell');
  const locale = useLocale();
  const router = useRouter();
  useEffect(() => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (document.cookie.includes(`${zoneCookie}=${encodeURIComponent(zone)}`)) return;
    remember(zoneCookie, zone);
    router.refresh();
  }, [router]);
  const other = locale === 'ja' ? 'en' : 'ja';
  const switchTheme = () => {
    const now = chooseTheme(document.documentElement.dataset.theme);
    const next = themes[(themes.indexOf(now) + 1) % themes.length] ?? 'system';
    document.documentElement.dataset.theme = next;
    remember(themeCookie, next);
  };
  return (
    <>
      <button
        type="button"
        lang={other}
        className={look}
        onClick={() => {
          remember(localeCookie, other);
          router.refresh();
        }}
      >
        {t(`language.${other}`)}
      </button>
      <button
        type="button"
        aria-label={t('theme.label')}
        title={t('theme.label')}
        className={look}
        onClick={switchTheme}
      >
        <Icon name="theme" />
      </button>
    </>
  );
}
