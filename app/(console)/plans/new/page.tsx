import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { ReadPlanScreen } from '@/components/plan/ReadPlanScreen';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('plan.read');
  return { title: t('title') };
}

export default function ReadPlanPage() {
  return <ReadPlanScreen />;
}
