import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { PlanScreen } from '@/components/plan/PlanScreen';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('plan');
  return { title: t('title') };
}

export default async function PlanPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <PlanScreen key={id} id={id} />;
}
