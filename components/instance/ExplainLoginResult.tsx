import { useTranslations } from 'next-intl';
import { SqlToRun } from '@/components/statement/SqlToRun';
import type { InstanceTestBody } from '@/lib/contract';
import { Shape } from './Shape';

export type ExplainLogin = NonNullable<InstanceTestBody['explain']>;

/** What the test found of the separate EXPLAIN login: can it connect, has it too many rights, what can it not read. */
export function ExplainLoginResult({ login }: { login: ExplainLogin }) {
  const t = useTranslations('instances.test.explainLogin');
  const { user, tables, readable } = login;
  if (!login.ok)
    return (
      <div className="flex flex-col gap-1">
        <p className="font-medium text-critical">{t('failed', { user })}</p>
        <p className="break-words">{login.error?.message}</p>
        {login.error?.fix && <p className="text-muted">{login.error.fix}</p>}
      </div>
    );
  const good = login.excess.length === 0 && readable === tables;
  return (
    <div className="flex flex-col gap-3">
      <p className="flex items-center gap-2 font-medium">
        <Shape ok={good} />
        {t('ok', { user, tables, readable })}
      </p>
      {login.excess.length > 0 && (
        <div className="flex flex-col gap-2 rounded-md border border-critical p-3">
          <p className="font-medium text-critical">
            {t('excess', { user, rights: login.excess.map(({ right }) => right).join(', ') })}
          </p>
          <p>{t('excessBody')}</p>
          <SqlToRun sql={login.excess.map(({ fix_sql }) => fix_sql).join('\n')} />
        </div>
      )}
      {login.fix_sql && (
        <div className="flex flex-col gap-1.5">
          <p>{t('unreadable', { count: tables - readable })}</p>
          <SqlToRun sql={login.fix_sql} />
        </div>
      )}
    </div>
  );
}
