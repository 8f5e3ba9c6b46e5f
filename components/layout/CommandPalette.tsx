'use client';

import dynamic from 'next/dynamic';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { Icon } from '@/components/ui/Icon';
import { useRangeQuery } from '@/lib/client/use-address';
import { places } from './keys';

const PaletteDialog = dynamic(() => import('./PaletteDialog').then((all) => all.PaletteDialog), {
  ssr: false,
});

const KeysDialog = dynamic(() => import('./KeysDialog').then((all) => all.KeysDialog), {
  ssr: false,
});

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/**
 * Ctrl/Cmd-K opens the palette, `g` and a letter goes, `/` filters what is on the page, `?` lists the keys.
 * The code of both dialogs is loaded when first opened.
 */
export function CommandPalette() {
  const t = useTranslations('shell.palette');
  const router = useRouter();
  const query = useRangeQuery();
  const [open, setOpen] = useState(false);
  const [keys, setKeys] = useState(false);
  useEffect(() => {
    let afterG = 0;
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        setOpen((now) => !now);
        return;
      }
      if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
      const place =
        Date.now() - afterG < 1000 ? places.find(({ key }) => key === event.key) : undefined;
      if (place) router.push(`${place.href}${query}`);
      afterG = event.key === 'g' ? Date.now() : 0;
      if (event.key === '?') setKeys(true);
      if (event.key === '/') {
        const filter = document.querySelector<HTMLElement>('input[type="search"]');
        if (filter) {
          event.preventDefault();
          filter.focus();
        }
      }
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [router, query]);
  return (
    <>
      <button
        type="button"
        aria-label={t('open')}
        onClick={() => setOpen(true)}
        className="h-8 rounded-md border border-line-strong px-2 text-muted hover:bg-hover max-sm:size-11 max-sm:shrink-0"
      >
        <Icon name="search" />
        <kbd className="ml-1.5 hidden font-sans text-[12px] sm:inline">⌘K</kbd>
      </button>
      {open && <PaletteDialog onClose={() => setOpen(false)} />}
      {keys && <KeysDialog onClose={() => setKeys(false)} />}
    </>
  );
}
