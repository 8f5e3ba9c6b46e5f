'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { signOut } from 'next-auth/react';
import { useTranslations } from 'next-intl';
import { CommandPalette } from './CommandPalette';
import { Preferences } from './Preferences';
import { RangePicker } from './RangePicker';
import { Turret } from './Turret';

const pages = [
  { href: '/', name: 'fleet' },
  { href: '/instances', name: 'instances' },
  { href: '/reference', name: 'reference' },
  { href: '/settings', name: 'settings' },
] as const;

/** The bar on top of every page: where one is, the window of time, how it looks, who one is. */
export function AppBar({ user }: { user: { name: string; role: string } }) {
  const t = useTranslations('shell');
  const path = usePathname();
  const here = (href: string) =>
    href === '/' ? path === '/' || path.startsWith('/clusters') : path.startsWith(href);
  return (
    <header className="sticky top-0 z-20 border-line border-b bg-page">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:z-30 focus:bg-raised focus:p-2"
      >
        {t('nav.skip')}
      </a>
      <div className="mx-auto flex max-w-[1600px] flex-wrap items-center gap-x-4 gap-y-1 px-4 py-1.5">
        <Link href="/" className="flex items-center gap-2 font-semibold text-[14px]">
          <Turret />
          Yagura
        </Link>
        <nav aria-label={t('nav.label')} className="flex gap-0.5 overflow-x-auto">
          {pages.map(({ href, name }) => (
            <Link
              key={href}
              href={href}
              aria-current={here(href) ? 'page' : undefined}
              className={`rounded-md px-2.5 py-1.5 transition-colors hover:bg-hover ${here(href) ? 'bg-selected text-text' : 'text-muted'}`}
            >
              {t(`nav.${name}`)}
            </Link>
          ))}
        </nav>
        <div className="ml-auto flex flex-wrap items-center gap-2">
          <CommandPalette />
          <RangePicker />
          <Preferences />
          <button
            type="button"
            onClick={() => signOut({ callbackUrl: '/sign-in' })}
            title={`${user.name} · ${user.role}`}
            className="rounded-md px-2 py-1.5 text-muted hover:bg-hover hover:text-text"
          >
            {t('user.signOut')}
          </button>
        </div>
      </div>
    </header>
  );
}
