import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { LessonList } from '@/components/learn/LessonList';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('learn');
  return { title: t('title') };
}

export default function LearnPage() {
  return <LessonList base="/learn" />;
}
