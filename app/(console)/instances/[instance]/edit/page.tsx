import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { InstanceFormScreen } from '@/components/instance/InstanceFormScreen';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('instances.action');
  return { title: t('edit') };
}

export default async function EditInstancePage(props: { params: Promise<{ instance: string }> }) {
  const { instance } = await props.params;
  return <InstanceFormScreen key={instance} id={instance} />;
}
