import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { ComparePlansScreen } from '@/components/plan/ComparePlansScreen';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('plan.compare');
  return { title: t('title') };
}

export default function ComparePlansPage() {
  return <ComparePlansScreen />;
}
