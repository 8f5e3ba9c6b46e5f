import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { getLocale } from 'next-intl/server';
import { LessonArticle } from '@/components/learn/LessonArticle';
import { lessonBySlug } from '@/lib/advice/lessons/all';
import type { Locale } from '@/lib/i18n/locale';

type Params = { params: Promise<{ slug: string }> };

export async function generateMetadata({ params }: Params): Promise<Metadata> {
  const lesson = lessonBySlug((await params).slug);
  return lesson ? { title: lesson.title[(await getLocale()) as Locale] } : {};
}

export default async function LessonPage({ params }: Params) {
  const lesson = lessonBySlug((await params).slug);
  if (!lesson) notFound();
  return <LessonArticle lesson={lesson} base="/learn" />;
}
