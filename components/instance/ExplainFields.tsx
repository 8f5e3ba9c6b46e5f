'use client';

import { useTranslations } from 'next-intl';
import { useId } from 'react';
import { DraftInput } from './DraftInput';
import type { InstanceDraftState } from './use-instance-draft';

/** The EXPLAIN switch, and the separate login with the reason for it. */
export function ExplainFields({ state, stored }: { state: InstanceDraftState; stored: boolean }) {
  const t = useTranslations('instances');
  const { draft } = state;
  return (
    <>
      <Check
        label={t('form.explainOn')}
        hint={t('form.explainHint')}
        checked={draft.explainEnabled}
        onChange={(checked) => state.set('explainEnabled', checked)}
      />
      {draft.explainEnabled && (
        <Check
          label={t('form.explainSeparate')}
          hint={t(draft.engine === 'postgres' ? 'form.explainWhy' : 'form.explainWhyMysql')}
          checked={draft.explainSeparate}
          onChange={(checked) => state.set('explainSeparate', checked)}
        />
      )}
      {draft.explainEnabled && draft.explainSeparate && (
        <div className="flex flex-col gap-2 pl-7">
          <div className="grid gap-4 sm:grid-cols-2">
            <DraftInput state={state} field="explainUser" mono />
            <DraftInput
              state={state}
              field="explainPassword"
              secret
              {...(state.explainPasswordAgain
                ? { hint: t('form.passwordAgain') }
                : stored && { hint: t('form.passwordKept') })}
            />
          </div>
          <p className="text-[12px] text-muted">{t('form.explainGrants')}</p>
        </div>
      )}
    </>
  );
}

function Check(props: {
  label: string;
  hint: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}) {
  const id = useId();
  return (
    <div className="grid grid-cols-[1.75rem_minmax(0,1fr)] gap-y-1">
      <input
        id={id}
        type="checkbox"
        checked={props.checked}
        onChange={(event) => props.onChange(event.target.checked)}
        aria-describedby={`${id}-hint`}
        className="mt-0.5 size-4 accent-accent"
      />
      <label htmlFor={id} className="font-medium text-[13px]">
        {props.label}
      </label>
      <p id={`${id}-hint`} className="col-start-2 text-[12px] text-muted leading-relaxed">
        {props.hint}
      </p>
    </div>
  );
}
