import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { ChannelsScreen } from '@/components/alert/ChannelsScreen';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('alerts');
  return { title: t('tab.channels') };
}

export default function Page() {
  return <ChannelsScreen />;
}
