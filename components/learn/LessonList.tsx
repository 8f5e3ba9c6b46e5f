import Link from 'next/link';
import { useLocale, useTranslations } from 'next-intl';
import { Screen } from '@/components/screen/Screen';
import { lessons } from '@/lib/advice/lessons/all';
import type { Locale } from '@/lib/i18n/locale';

/** What the advice of the product stands on, to be read in order or one by one. */
export function LessonList({ base }: { base: string }) {
  const t = useTranslations('learn');
  const locale = useLocale() as Locale;
  return (
    <Screen title={t('title')} lead={t('lead')}>
      <ul className="grid grid-cols-1 gap-3 md:grid-cols-2 xl:grid-cols-3">
        {lessons.map(({ slug, title, what }) => (
          <li key={slug}>
            <Link
              href={`${base}/${slug}`}
              className="flex h-full flex-col gap-1 rounded-md border border-line bg-raised p-3 hover:bg-hover"
            >
              <span className="font-medium">{title[locale]}</span>
              <span className="text-[13px] text-muted">{what[locale]}</span>
            </Link>
          </li>
        ))}
      </ul>
    </Screen>
  );
}
