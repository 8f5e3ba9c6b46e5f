'use client';

import { useTranslations } from 'next-intl';
import { SqlToRun } from '@/components/statement/SqlToRun';
import { mysqlAccountScript } from '@/lib/inventory/mysql-account-script';
import type { TlsMode } from './instance-draft';

/** The least-privilege account of MySQL or MariaDB beside the form; follows what is typed, never holds a password. */
export function MysqlScriptPanel(props: {
  flavour: 'mysql' | 'mariadb';
  user: string;
  tls: TlsMode;
  explainUser: string | null;
}) {
  const t = useTranslations('instances');
  const script = mysqlAccountScript({
    flavour: props.flavour,
    user: props.user,
    host: '',
    requireTls: props.tls !== 'off',
    explainUser: props.explainUser,
  });
  return (
    <aside className="flex min-w-0 flex-col gap-3 self-start rounded-md border border-line bg-raised p-4 xl:sticky xl:top-4">
      <h2 className="font-semibold text-[14px]">{t('script.title')}</h2>
      <p className="text-[13px] text-muted leading-relaxed">{t('script.body')}</p>
      <SqlToRun sql={script} copyLabel={t('script.copy')} />
      <ul className="flex list-disc flex-col gap-1.5 pl-4 text-[12px] text-muted leading-relaxed">
        <li>{t('script.hostHint')}</li>
        <li>{t('script.references')}</li>
        <li>{t(props.flavour === 'mysql' ? 'script.schemaMysql' : 'script.schemaMariadb')}</li>
        {props.flavour === 'mariadb' && <li>{t('script.tlsMariadb')}</li>}
        <li>{t('script.notGrantedMysql')}</li>
      </ul>
    </aside>
  );
}
