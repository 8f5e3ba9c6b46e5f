'use client';

import { useTranslations } from 'next-intl';
import { Screen } from '@/components/screen/Screen';
import { Button } from '@/components/ui/Button';

/** A page that failed while it was drawn; the bar on top stays. */
export default function ConsoleError(props: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  const t = useTranslations('shell.error');
  return (
    <Screen title={t('title')} lead={t('body')}>
      {props.error.digest && (
        <p className="text-muted">{t('code', { code: props.error.digest })}</p>
      )}
      <p>
        <Button onClick={props.reset}>{t('again')}</Button>
      </p>
    </Screen>
  );
}
