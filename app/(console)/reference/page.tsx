import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { ReferenceScreen } from '@/components/reference/ReferenceScreen';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('reference');
  return { title: t('title') };
}

export default function ReferencePage() {
  return <ReferenceScreen />;
}
