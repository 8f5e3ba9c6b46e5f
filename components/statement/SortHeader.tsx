'use client';

import { useTranslations } from 'next-intl';

/** A column's name that sorts the ranking by it, highest first. */
export function SortHeader<K extends string>(props: {
  label: string;
  hint?: string | undefined;
  by: K;
  sort: string;
  onSort: (by: K) => void;
  className?: string;
}) {
  const t = useTranslations('statements');
  const active = props.sort === props.by;
  return (
    <th
      aria-sort={active ? 'descending' : 'none'}
      className={`flex min-w-0 font-normal ${props.className ?? ''}`}
    >
      <button
        type="button"
        title={props.hint ?? t('sortBy', { column: props.label })}
        onClick={() => props.onSort(props.by)}
        className={`flex items-center gap-1 truncate rounded-sm hover:text-text ${active ? 'font-medium text-text' : ''}`}
      >
        {props.label}
        <svg
          aria-hidden="true"
          viewBox="0 0 8 8"
          className={`size-2 shrink-0 fill-current ${active ? '' : 'opacity-0'}`}
        >
          <path d="M0 2h8L4 7z" />
        </svg>
      </button>
    </th>
  );
}
