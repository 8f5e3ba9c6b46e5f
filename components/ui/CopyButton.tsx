'use client';

import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { Button } from './Button';

/** Copies a text and says so for two seconds. Works over plain http too, where the clipboard API is missing. */
export function CopyButton(props: { text: string; label?: string; className?: string }) {
  const t = useTranslations('shell');
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  useEffect(() => {
    if (state === 'idle') return;
    const timer = setTimeout(() => setState('idle'), 2000);
    return () => clearTimeout(timer);
  }, [state]);
  return (
    <Button
      size="small"
      className={props.className ?? ''}
      onClick={async () => setState((await copy(props.text)) ? 'copied' : 'failed')}
    >
      <span aria-live="polite">
        {state === 'idle' ? (props.label ?? t('copy.button')) : t(`copy.${state}`)}
      </span>
    </Button>
  );
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'sr-only';
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}
