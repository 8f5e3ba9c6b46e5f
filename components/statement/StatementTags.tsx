import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { visibleText } from './sql-tokens';

/** Where in the code a statement comes from, as its comments say: links to the others from there. */
export function StatementTags(props: {
  tags: Readonly<Record<string, string>>;
  base: string;
  query: string;
}) {
  const t = useTranslations('statement');
  const tags = Object.entries(props.tags);
  if (tags.length === 0) return null;
  return (
    <ul aria-label={t('tags')} className="flex flex-wrap gap-1.5 pt-3 text-[12px]">
      {tags.map(([name, value]) => (
        <li key={name}>
          <Link
            href={`${props.base}${props.query ? `${props.query}&` : '?'}tag=${encodeURIComponent(`${name}:${value}`)}`}
            title={t('tagsHint')}
            className="rounded-sm bg-sunken px-2 py-0.5 hover:text-accent"
          >
            <span className="text-muted">{name}</span> <bdi>{visibleText(value)}</bdi>
          </Link>
        </li>
      ))}
    </ul>
  );
}
