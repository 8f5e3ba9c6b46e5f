'use client';

import { useTranslations } from 'next-intl';
import { Button } from '@/components/ui/Button';
import { Skeleton } from '@/components/ui/Skeleton';
import { StatusMark } from '@/components/ui/StatusMark';
import { Ago } from './Ago';

/** First load: as many lines as will likely come, of the same height. */
export function LoadingRows({ rows = 8, height = 36 }: { rows?: number; height?: number }) {
  const t = useTranslations('shell');
  return (
    <div data-skeleton role="status" aria-label={t('panel.loading')} className="flex flex-col">
      {Array.from({ length: rows }, (_, index) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines are alike
          key={index}
          className="flex items-center gap-4 border-line border-b px-3"
          style={{ height }}
        >
          <Skeleton className="h-2.5 w-24" />
          <Skeleton className="h-2.5 flex-1" />
          <Skeleton className="hidden h-2.5 w-16 sm:block" />
        </div>
      ))}
    </div>
  );
}

/** Nothing could be read: what failed, why, and a way to try again. */
export function Failure(props: { title: string; error: Error; retry?: () => void }) {
  const t = useTranslations('shell');
  return (
    <div
      role="alert"
      className="flex flex-col items-start gap-2 rounded-md border border-critical/60 p-4"
    >
      <p className="flex items-center gap-2 font-medium">
        <StatusMark status="critical" silent />
        {props.title}
      </p>
      <p className="text-muted">{props.error.message}</p>
      {props.retry && (
        <Button size="small" onClick={props.retry}>
          {t('panel.retry')}
        </Button>
      )}
    </div>
  );
}

/** Old values are shown because newer ones cannot be read; takes no room away from them. */
export function StaleNote({ since, error }: { since: number; error: Error }) {
  const t = useTranslations('statements');
  return (
    <p
      role="status"
      className="flex items-center gap-2 rounded-md border border-warning/60 px-3 py-1.5 text-[12px]"
      title={error.message}
    >
      <StatusMark status="warning" silent />
      <span>{t.rich('staleSince', { age: () => <Ago at={since} /> })}</span>
    </p>
  );
}
