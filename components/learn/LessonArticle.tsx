import Link from 'next/link';
import { useLocale, useTranslations } from 'next-intl';
import { Screen } from '@/components/screen/Screen';
import { SqlText } from '@/components/statement/SqlText';
import { CodeBlock } from '@/components/ui/CodeBlock';
import type { Lesson } from '@/lib/advice/lessons/lesson';
import type { Locale } from '@/lib/i18n/locale';

/** One lesson: what it is, why it matters, what to do, and the SQL before and after. */
export function LessonArticle({ lesson, base }: { lesson: Lesson; base: string }) {
  const t = useTranslations('learn');
  const locale = useLocale() as Locale;
  return (
    <Screen
      title={lesson.title[locale]}
      lead={lesson.what[locale]}
      above={<Link href={base}>{t('title')}</Link>}
    >
      <article className="flex max-w-[72ch] flex-col gap-6 text-[14px] leading-relaxed">
        <section className="flex flex-col gap-1">
          <h2 className="font-semibold text-[15px]">{t('why')}</h2>
          <p>{lesson.why[locale]}</p>
        </section>
        <section className="flex flex-col gap-1">
          <h2 className="font-semibold text-[15px]">{t('steps')}</h2>
          <ol className="ml-5 flex list-decimal flex-col gap-1">
            {lesson.steps.map((step) => (
              <li key={step.en}>{step[locale]}</li>
            ))}
          </ol>
        </section>
        {lesson.bad && (
          <section className="flex flex-col gap-1">
            <h2 className="font-semibold text-[15px]">{t('bad')}</h2>
            <CodeBlock code={lesson.bad}>
              <SqlText sql={lesson.bad} />
            </CodeBlock>
          </section>
        )}
        {lesson.good && (
          <section className="flex flex-col gap-1">
            <h2 className="font-semibold text-[15px]">{t('good')}</h2>
            <CodeBlock code={lesson.good}>
              <SqlText sql={lesson.good} />
            </CodeBlock>
          </section>
        )}
      </article>
    </Screen>
  );
}
