'use client';

import { useTranslations } from 'next-intl';
import { Tabs } from '@/components/ui/Tabs';

const views = ['alerts', 'incidents', 'rules', 'silences', 'channels'] as const;
export type AlertView = (typeof views)[number];

/** The views around alerts. */
export function AlertTabs({ current }: { current: AlertView }) {
  const t = useTranslations('alerts');
  return (
    <Tabs
      label={t('tab.alerts')}
      current={current}
      tabs={views.map((id) => ({ id, label: t(`tab.${id}`), href: `/${id}` }))}
    />
  );
}
