'use client';

import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { visibleText } from '@/components/statement/sql-tokens';
import type { TableBody } from '@/lib/contract';

/** Foreign keys of a table, and those of others that refer to it. */
export function KeyList(props: {
  keys: TableBody['foreign_keys'];
  referencedBy: TableBody['referenced_by'];
  hrefOf: (table: string) => string;
}) {
  const t = useTranslations('tables.key');
  const columns = (names: string[]) => names.map(visibleText).join(', ');
  const table = (name: string) => (
    <Link href={props.hrefOf(name)} className="break-all font-mono text-[12px] text-accent">
      <bdi>{visibleText(name)}</bdi>
    </Link>
  );
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {(['keys', 'referencedBy'] as const).map((side) => (
        <div key={side}>
          <h3 className="mb-1.5 text-[12px] text-muted">{t(side)}</h3>
          {props[side].length === 0 && <p className="text-muted">{t('none')}</p>}
          <ul className="flex flex-col gap-1">
            {props[side].map((key) => (
              <li key={`${key.table} ${key.name}`} className="break-words">
                {side === 'keys' ? (
                  <>
                    <code className="font-mono text-[12px]">({columns(key.columns)})</code> →{' '}
                    {table(key.references)}{' '}
                    <code className="font-mono text-[12px]">
                      ({columns(key.referenced_columns)})
                    </code>
                  </>
                ) : (
                  <>
                    {table(key.table)}{' '}
                    <code className="font-mono text-[12px]">({columns(key.columns)})</code>
                  </>
                )}
              </li>
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
}
