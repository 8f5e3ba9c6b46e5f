'use client';

import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { Button } from '@/components/ui/Button';
import { CodeBlock } from '@/components/ui/CodeBlock';
import { SqlText } from './SqlText';
import { visibleText } from './sql-tokens';

const LINES = 24;
/** Above this many characters the text is shown as it came: laying it out would hold up the page. */
const LARGEST = 50_000;

/** A statement laid out for reading, long ones folded. What cannot be laid out is shown as it is. */
export function FormattedSql({ sql, truncated }: { sql: string; truncated: boolean }) {
  const t = useTranslations('statement.sql');
  const tList = useTranslations('statements');
  const [formatted, setFormatted] = useState(sql);
  const [open, setOpen] = useState(false);

  useEffect(() => {
    let current = true;
    setFormatted(sql);
    if (sql.length > LARGEST || truncated) return;
    import('sql-formatter')
      .then(({ formatDialect, postgresql }) => {
        if (current)
          setFormatted(
            formatDialect(sql, { dialect: postgresql, keywordCase: 'upper', expressionWidth: 80 }),
          );
      })
      // Text that no formatter understands is still worth reading.
      .catch(() => {});
    return () => {
      current = false;
    };
  }, [sql, truncated]);

  const lines = formatted.split('\n');
  const long = lines.length > LINES;
  const shown = long && !open ? lines.slice(0, LINES).join('\n') : formatted;
  return (
    <div className="flex flex-col gap-2">
      <CodeBlock code={formatted} copyLabel={t('copy')}>
        <SqlText sql={shown} />
      </CodeBlock>
      {long && (
        <Button size="small" variant="quiet" className="self-start" onClick={() => setOpen(!open)}>
          {open ? t('less') : t('more', { lines: lines.length })}
        </Button>
      )}
      {truncated && <p className="text-[12px] text-warning">{tList('truncatedText')}</p>}
      {visibleText(sql) !== sql && <p className="text-[12px] text-warning">{t('hostile')}</p>}
    </div>
  );
}
