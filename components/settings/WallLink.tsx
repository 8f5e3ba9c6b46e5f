'use client';

import { useTranslations } from 'next-intl';
import { Button, buttonClass } from '@/components/ui/Button';
import { CodeBlock } from '@/components/ui/CodeBlock';
import { Dialog } from '@/components/ui/Dialog';
import type { WallMadeBody } from '@/lib/contract';

/** The link of a new wall, this once. */
export function WallLink({ made, onClose }: { made: WallMadeBody; onClose: () => void }) {
  const t = useTranslations('walls');
  const link = (path: string) => new URL(path, location.origin).href;
  return (
    <Dialog
      open
      title={made.name}
      onClose={onClose}
      footer={
        <>
          <a href={made.path} target="_blank" rel="noreferrer" className={buttonClass()}>
            {t('openHere')}
          </a>
          <Button variant="primary" onClick={onClose}>
            {t('done')}
          </Button>
        </>
      }
    >
      <p className="mb-2">{t('shownOnce')}</p>
      <CodeBlock code={link(made.path)} />
      <details className="mt-3">
        <summary className="text-[12px] text-muted">{t('plain')}</summary>
        <p className="my-2 text-[12px] text-muted">{t('plainHint')}</p>
        <CodeBlock code={link(made.plain_path)} />
      </details>
    </Dialog>
  );
}
