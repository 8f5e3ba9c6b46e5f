import { indexLessons } from './indexes';
import type { Lesson } from './lesson';
import { serverLessons } from './server';
import { statementLessons } from './statements';

/** Every lesson, in the order they are best read. */
export const lessons: readonly Lesson[] = [...indexLessons, ...statementLessons, ...serverLessons];

/** Null when there is none of that name. */
export const lessonBySlug = (slug: string): Lesson | null =>
  lessons.find((one) => one.slug === slug) ?? null;
