'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { SqlToRun } from '@/components/statement/SqlToRun';
import { Button } from '@/components/ui/Button';
import { type ExplainLogin, ExplainLoginResult } from './ExplainLoginResult';
import type { DraftField, InstanceDraft } from './instance-draft';
import { Shape } from './Shape';

/** One thing the login must have, with the panels that are blind without it. */
export type Permission = {
  need: string;
  ok: boolean | null;
  fixSql: string | null;
  panels: readonly string[];
};

/** What a test of the connection found. */
export type TestState =
  | {
      kind: 'ok';
      version: string;
      role: 'primary' | 'replica' | 'unknown';
      permissions: readonly Permission[];
      /** Rights the login has and watching does not need. */
      excess: readonly { right: string; fixSql: string | null }[];
      /** The separate EXPLAIN login; null without one. */
      explain: ExplainLogin | null;
    }
  | { kind: 'failed' | 'unavailable'; message: string; fix: string | null }
  | { kind: 'invalid'; message: string; fields: Partial<Record<DraftField, string>> };

type ConnectionTestProps = {
  /** Null when the form itself is wrong and nothing was tried. */
  run: () => Promise<TestState | null>;
  /** The form's content: a result belongs to the content it was made from. */
  of: InstanceDraft;
};

export function ConnectionTest({ run, of }: ConnectionTestProps) {
  const t = useTranslations('instances');
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<{ state: TestState; of: InstanceDraft } | null>(null);

  async function start() {
    setBusy(true);
    const state = await run();
    setBusy(false);
    setResult(state && { state, of });
  }

  const stale = result !== null && result.of !== of;
  return (
    <section className="flex flex-col gap-3 rounded-md border border-line bg-raised p-4">
      <div className="flex flex-wrap items-center gap-3">
        <Button onClick={start} disabled={busy}>
          {busy ? t('test.busy') : result ? t('test.again') : t('test.button')}
        </Button>
        <p className="min-w-0 flex-1 text-[12px] text-muted">
          {stale ? t('test.stale') : !result && t('test.idle')}
        </p>
      </div>
      <div role="status" className={stale || busy ? 'opacity-50' : ''}>
        {result && <Outcome state={result.state} />}
      </div>
    </section>
  );
}

function Outcome({ state }: { state: TestState }) {
  const t = useTranslations('instances');
  if (state.kind !== 'ok')
    return (
      <div className="flex flex-col gap-1 text-[13px]">
        <p className="font-medium text-critical">
          {state.kind === 'unavailable' ? t('test.unavailable') : t('test.failed')}
        </p>
        <p className="break-words">{state.message}</p>
        {state.kind !== 'invalid' && state.fix && <p className="text-muted">{state.fix}</p>}
      </div>
    );
  const missing = state.permissions.filter((permission) => permission.ok !== true);
  const works = state.permissions.filter((permission) => permission.ok === true);
  const values = { version: state.version, role: t(`role.${state.role}`) };
  return (
    <div className="flex flex-col gap-4 text-[13px]">
      <p className="flex items-center gap-2 font-medium">
        <Shape ok={missing.length === 0} />
        {missing.length === 0
          ? `${t('test.ok', values)} ${t('test.allWork')}`
          : t('test.okBlind', { ...values, count: missing.length })}
      </p>
      {state.excess.length > 0 && (
        <div className="flex flex-col gap-2 rounded-md border border-critical p-3">
          <p className="font-medium text-critical">{t('test.excess')}</p>
          <p className="font-mono text-critical">
            {state.excess.map(({ right }) => right).join(', ')}
          </p>
          <p>{t('test.excessBody')}</p>
          <SqlToRun
            sql={[...new Set(state.excess.flatMap(({ fixSql }) => fixSql ?? []))].join('\n')}
          />
        </div>
      )}
      {missing.length > 0 && (
        <div className="flex flex-col gap-3">
          <p className="font-medium">{t('test.missing')}</p>
          {missing.map((permission) => (
            <div key={permission.need} className="flex flex-col gap-1.5">
              <p className="flex items-baseline gap-2">
                <Shape ok={false} />
                <span className="font-mono">{permission.need}</span>
              </p>
              {permission.panels.length > 0 && (
                <p className="text-muted">
                  {t('test.panels', { panels: permission.panels.join(', ') })}
                </p>
              )}
              {permission.fixSql && <SqlToRun sql={permission.fixSql} />}
            </div>
          ))}
        </div>
      )}
      {works.length > 0 && (
        <div>
          <p className="font-medium">{t('test.works')}</p>
          <ul className="mt-1 flex flex-wrap gap-x-4 gap-y-1">
            {works.map((permission) => (
              <li key={permission.need} className="flex items-center gap-1.5 font-mono text-[12px]">
                <Shape ok />
                {permission.need}
              </li>
            ))}
          </ul>
        </div>
      )}
      {state.explain && <ExplainLoginResult login={state.explain} />}
    </div>
  );
}
