'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { SqlToRun } from '@/components/statement/SqlToRun';
import { roleScript } from './role-script';
import { Segments } from './Segments';

/** The least-privilege script beside the form; follows what is typed, never holds a password. */
export function RoleScriptPanel(props: {
  user: string;
  database: string;
  explainUser: string | null;
}) {
  const t = useTranslations('instances');
  const [version, setVersion] = useState<13 | 16>(16);
  const [rights, setRights] = useState<'usual' | 'strict'>('usual');
  const script = roleScript({
    user: props.user.trim(),
    database: props.database.trim(),
    version,
    rights,
    explainUser: props.explainUser,
  });
  return (
    <aside className="flex min-w-0 flex-col gap-3 self-start rounded-md border border-line bg-raised p-4 xl:sticky xl:top-4">
      <h2 className="font-semibold text-[14px]">{t('script.title')}</h2>
      <p className="text-[13px] text-muted leading-relaxed">{t('script.body')}</p>
      <div className="flex flex-wrap gap-2">
        <Segments
          label={t('script.version')}
          value={version}
          options={[
            [13, t('script.v13')],
            [16, t('script.v16')],
          ]}
          onChange={setVersion}
        />
        <Segments
          label={t('script.rights')}
          value={rights}
          options={[
            ['usual', t('script.usual')],
            ['strict', t('script.strict')],
          ]}
          onChange={setRights}
        />
      </div>
      <SqlToRun sql={script} copyLabel={t('script.copy')} />
      <ul className="flex list-disc flex-col gap-1.5 pl-4 text-[12px] text-muted leading-relaxed">
        <li>{t('script.strictHint')}</li>
        <li>{t('script.preload')}</li>
        <li>{t('script.notGranted')}</li>
      </ul>
    </aside>
  );
}
