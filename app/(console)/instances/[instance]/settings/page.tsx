import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { ServerSettingsScreen } from '@/components/instance/ServerSettingsScreen';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('serverSettings');
  return { title: t('title') };
}

export default async function ServerSettingsPage(props: { params: Promise<{ instance: string }> }) {
  const { instance } = await props.params;
  return <ServerSettingsScreen key={instance} instance={instance} />;
}
