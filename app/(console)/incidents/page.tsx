import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { IncidentsScreen } from '@/components/incident/IncidentsScreen';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('incident');
  return { title: t('title') };
}

export default function Page() {
  return <IncidentsScreen />;
}
