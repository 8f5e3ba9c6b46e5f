import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { AlertsScreen } from '@/components/alert/AlertsScreen';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('alerts');
  return { title: t('tab.alerts') };
}

export default function Page() {
  return <AlertsScreen />;
}
