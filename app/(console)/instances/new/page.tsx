import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { InstanceFormScreen } from '@/components/instance/InstanceFormScreen';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('instances.form');
  return { title: t('newTitle') };
}

export default function NewInstancePage() {
  return <InstanceFormScreen id={null} />;
}
