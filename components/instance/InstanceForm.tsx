/** "Watch a database": the form that makes or changes an instance. */
'use client';

import { useTranslations } from 'next-intl';
import { type FormEvent, type ReactNode, useId, useRef, useState } from 'react';
import { Button } from '@/components/ui/Button';
import { engineName } from '@/lib/metric/engine-source';
import { ConnectionTest, type TestState } from './ConnectionTest';
import { DraftInput } from './DraftInput';
import { ExplainFields } from './ExplainFields';
import type { DraftField, InstanceDraft, StoredInstance } from './instance-draft';
import { LabelRows } from './LabelRows';
import { MysqlScriptPanel } from './MysqlScriptPanel';
import { RoleScriptPanel } from './RoleScriptPanel';
import { Segments } from './Segments';
import { TlsChoice } from './TlsChoice';
import { useInstanceDraft } from './use-instance-draft';

/** What the server answered to saving: nothing, or what is wrong with which field. */
export type SaveOutcome =
  | { ok: true }
  | { ok: false; message: string; fields: Partial<Record<DraftField, string>> };

type InstanceFormProps = {
  initial: InstanceDraft;
  stored: StoredInstance | null;
  clusters: readonly string[];
  test: (draft: InstanceDraft) => Promise<TestState>;
  save: (draft: InstanceDraft) => Promise<SaveOutcome>;
  cancel: ReactNode;
};

const engines = ['postgres', 'mysql', 'mariadb'] as const;

export function InstanceForm({ initial, stored, clusters, test, save, cancel }: InstanceFormProps) {
  const t = useTranslations('instances');
  const form = useRef<HTMLFormElement>(null);
  const clusterList = useId();
  const state = useInstanceDraft(initial, stored);
  const { draft } = state;
  const [saving, setSaving] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const explainUser =
    draft.explainEnabled && draft.explainSeparate ? draft.explainUser.trim() || null : null;
  const problemCount = Object.keys(state.problems).length;

  /** Moves to the first field that is wrong: the message is at the field, not in a list far away. */
  function showFirstProblem() {
    requestAnimationFrame(() => {
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
    });
  }

  async function onSubmit(event: FormEvent) {
    event.preventDefault();
    setFailure(null);
    if (!state.send()) {
      setFailure(t('form.fixFields', { count: problemCount }));
      showFirstProblem();
      return;
    }
    setSaving(true);
    const outcome = await save(draft);
    setSaving(false);
    if (outcome.ok) return;
    state.refuse(outcome.fields);
    setFailure(outcome.message);
    showFirstProblem();
  }

  async function runTest(): Promise<TestState | null> {
    if (!state.send()) {
      showFirstProblem();
      return null;
    }
    const result = await test(draft);
    if (result.kind === 'invalid') {
      state.refuse(result.fields);
      showFirstProblem();
    }
    return result;
  }

  return (
    <div className="grid gap-6 xl:grid-cols-[minmax(0,40rem)_minmax(0,1fr)]">
      <form ref={form} noValidate onSubmit={onSubmit} className="flex flex-col gap-6">
        <Section title={t('form.section.what')}>
          <Segments
            label={t('form.engine')}
            value={draft.engine}
            options={engines.map((engine) => [engine, engineName[engine]])}
            onChange={state.chooseEngine}
          />
          <div className="grid gap-4 sm:grid-cols-2">
            <DraftInput state={state} field="name" hint={t('form.nameHint')} autoFocus={!stored} />
            <DraftInput
              state={state}
              field="cluster"
              hint={t('form.clusterHint')}
              list={clusterList}
            />
            <datalist id={clusterList}>
              {clusters.map((name) => (
                <option key={name} value={name} />
              ))}
            </datalist>
          </div>
        </Section>
        <Section title={t('form.section.where')}>
          <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_6rem]">
            <DraftInput state={state} field="host" hint={t('form.hostHint')} mono />
            <DraftInput state={state} field="port" mono inputMode="numeric" />
          </div>
          <DraftInput
            state={state}
            field="database"
            hint={t(draft.engine === 'postgres' ? 'form.databaseHint' : 'form.databaseMysqlHint')}
            mono
          />
          <TlsChoice
            value={draft.tls}
            sendsPassword={draft.engine === 'mysql'}
            onChange={(tls) => state.set('tls', tls)}
          />
        </Section>
        <Section title={t('form.section.login')}>
          <div className="grid gap-4 sm:grid-cols-2">
            <DraftInput state={state} field="user" mono />
            <DraftInput
              state={state}
              field="password"
              secret
              hint={
                state.passwordAgain
                  ? t('form.passwordAgain')
                  : stored
                    ? t('form.passwordKept')
                    : t('form.passwordHint')
              }
            />
          </div>
        </Section>
        <Section title={t('form.section.explain')}>
          <ExplainFields state={state} stored={stored !== null} />
        </Section>
        <Section title={t('form.section.machine')}>
          <DraftInput
            state={state}
            field="nodeExporterUrl"
            hint={t('form.nodeExporterHint')}
            mono
          />
          <DraftInput state={state} field="cloudwatch" hint={t('form.cloudwatchHint')} mono />
        </Section>
        <Section title={t('form.section.labels')}>
          <LabelRows labels={draft.labels} onChange={(labels) => state.set('labels', labels)} />
        </Section>
        <ConnectionTest run={runTest} of={draft} />
        <footer className="flex flex-wrap items-center gap-3 border-line border-t pt-4">
          <Button type="submit" variant="primary" disabled={saving}>
            {saving ? t('form.saving') : stored ? t('form.saveEdit') : t('form.save')}
          </Button>
          {cancel}
          <p role="status" className="text-[13px] text-muted">
            {failure ? <span className="text-critical">{failure}</span> : t('form.saveUntested')}
          </p>
        </footer>
      </form>
      {draft.engine === 'postgres' ? (
        <RoleScriptPanel user={draft.user} database={draft.database} explainUser={explainUser} />
      ) : (
        <MysqlScriptPanel
          flavour={draft.engine}
          user={draft.user}
          tls={draft.tls}
          explainUser={explainUser}
        />
      )}
    </div>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className="flex min-w-0 flex-col gap-4 border-line border-t pt-4">
      <legend className="float-left mb-1 w-full font-semibold text-[14px]">{title}</legend>
      {children}
    </fieldset>
  );
}
