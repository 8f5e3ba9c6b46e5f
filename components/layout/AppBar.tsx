'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { signOut } from 'next-auth/react';
import { useTranslations } from 'next-intl';
import { useEffect, useId, useState } from 'react';
import { Icon } from '@/components/ui/Icon';
import { useRangeQuery } from '@/lib/client/use-address';
import { CommandPalette } from './CommandPalette';
import { places } from './keys';
import { Preferences } from './Preferences';
import { RangePicker } from './RangePicker';
import { Turret } from './Turret';

/** The bar on top of every page: where one is, the window of time, how it looks, who one is. On a phone one line and a menu. */
export function AppBar({ user }: { user: { name: string; role: string } }) {
  const t = useTranslations('shell');
  const path = usePathname();
  const query = useRangeQuery();
  const [open, setOpen] = useState(false);
  const menu = useId();
  // biome-ignore lint/correctness/useExhaustiveDependencies: going somewhere closes the menu
  useEffect(() => setOpen(false), [path]);
  const here = (href: string) =>
    href === '/'
      ? path === '/' || path.startsWith('/clusters')
      : path.startsWith(href) || (href === '/alerts' && /^\/(rules|silences|channels)/.test(path));
  return (
    <header className="sticky top-0 z-20 border-line border-b bg-page">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:z-30 focus:bg-raised focus:p-2"
      >
        {t('nav.skip')}
      </a>
      <div className="mx-auto flex max-w-[1600px] flex-wrap items-center gap-x-4 gap-y-1 px-4 py-1.5 max-sm:gap-x-1 max-sm:py-1">
        <Link
          href={`/${query}`}
          className="flex items-center gap-2 font-semibold text-[14px] max-sm:h-11 max-sm:min-w-11"
        >
          <Turret />
          <span className="max-sm:sr-only">Yagura</span>
        </Link>
        <div className="order-2 ml-auto flex min-w-0 items-center gap-2 max-sm:flex-1 max-sm:justify-end max-sm:gap-1.5 sm:order-3">
          <RangePicker />
          <CommandPalette />
          <button
            type="button"
            aria-expanded={open}
            aria-controls={menu}
            aria-label={t('nav.menu')}
            onClick={() => setOpen(!open)}
            className="size-11 shrink-0 rounded-md border border-line-strong text-muted hover:bg-hover aria-expanded:bg-selected sm:hidden"
          >
            <Icon name="menu" />
          </button>
        </div>
        <div
          id={menu}
          className={`order-3 w-full flex-col gap-1 pb-1 sm:contents ${open ? 'flex' : 'hidden'}`}
        >
          <nav aria-label={t('nav.label')} className="order-2 flex gap-0.5 max-sm:flex-col">
            {places.map(({ href, name }) => (
              <Link
                key={href}
                href={`${href}${query}`}
                aria-current={here(href) ? 'page' : undefined}
                className={`rounded-md px-2.5 py-1.5 transition-colors hover:bg-hover max-sm:py-3 max-sm:text-[15px] ${here(href) ? 'bg-selected text-text' : 'text-muted'}`}
              >
                {t(`nav.${name}`)}
              </Link>
            ))}
          </nav>
          <div className="order-4 flex items-center gap-2 max-sm:justify-between max-sm:border-line max-sm:border-t max-sm:pt-1 max-sm:*:min-h-11 max-sm:*:min-w-11">
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
      </div>
    </header>
  );
}
