import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { SilencesScreen } from '@/components/alert/SilencesScreen';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('alerts');
  return { title: t('tab.silences') };
}

export default function Page() {
  return <SilencesScreen />;
}
