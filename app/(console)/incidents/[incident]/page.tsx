import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { IncidentScreen } from '@/components/incident/IncidentScreen';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('incident');
  return { title: t('one') };
}

export default async function Page({ params }: { params: Promise<{ incident: string }> }) {
  const { incident } = await params;
  return <IncidentScreen id={incident} />;
}
