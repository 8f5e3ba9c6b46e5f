'use client';

import dynamic from 'next/dynamic';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { Icon } from '@/components/ui/Icon';
import { useRangeQuery } from '@/lib/client/use-address';
import { isKey, isPaletteKey, places } from './keys';

const PaletteDialog = dynamic(() => import('./PaletteDialog').then((all) => all.PaletteDialog), {
  ssr: false,
});

const KeysDialog = dynamic(() => import('./KeysDialog').then((all) => all.KeysDialog), {
  ssr: false,
});

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** The row of a ranking or of a plan that Tab would reach. */
const rows = 'tr[tabindex="0"]';

/** Puts the focus on the first such thing of the page, if there is one. */
function enter(event: KeyboardEvent, selector: string): boolean {
  const element = document.querySelector<HTMLElement>(`#content ${selector}`);
  if (!element) return false;
  event.preventDefault();
  element.focus();
  if (element instanceof HTMLInputElement) element.select();
  return true;
}

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
      if (isPaletteKey(event)) {
        event.preventDefault();
        setOpen((now) => !now);
        return;
      }
      if (typing(event.target) || document.querySelector('dialog[open], [role="dialog"]')) return;
      const place =
        Date.now() - afterG < 1000 ? places.find(({ key }) => key === event.key) : undefined;
      afterG = isKey(event, 'go') ? Date.now() : 0;
      if (place) router.push(`${place.href}${query}`);
      else if (isKey(event, 'help')) setKeys(true);
      else if (isKey(event, 'filter')) enter(event, 'input[type="search"]');
      // Arrows scroll the page until a row has the focus; letters have nothing else to do.
      else if (event.target === document.body && event.key.length === 1 && isKey(event, 'down'))
        enter(event, rows);
      else if (event.target === document.body && isKey(event, 'costliest') && enter(event, rows))
        document.activeElement?.dispatchEvent(
          new KeyboardEvent('keydown', { key: event.key, bubbles: true }),
        );
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
