import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { RulesScreen } from '@/components/alert/RulesScreen';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('alerts');
  return { title: t('tab.rules') };
}

export default function Page() {
  return <RulesScreen />;
}
