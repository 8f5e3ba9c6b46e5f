'use client';

import { useTranslations } from 'next-intl';
import { useId, useState } from 'react';
import { MAX_NAME } from './instance-draft';
import type { InstanceDraftState } from './use-instance-draft';

type TextField =
  | 'name'
  | 'cluster'
  | 'host'
  | 'port'
  | 'database'
  | 'user'
  | 'password'
  | 'explainUser'
  | 'explainPassword'
  | 'nodeExporterUrl'
  | 'cloudwatch';

type DraftInputProps = {
  state: InstanceDraftState;
  field: TextField;
  hint?: string;
  mono?: boolean;
  secret?: boolean;
  list?: string;
  inputMode?: 'numeric';
  autoFocus?: boolean;
};

/** A text field of the form with its hint and, once it may be shown, what is wrong with it. */
export function DraftInput({ state, field, hint, mono, secret, ...rest }: DraftInputProps) {
  const t = useTranslations('instances');
  const id = useId();
  const [plain, setPlain] = useState(false);
  const problem = state.shown(field);
  const message = problem ? t(`form.${problem}`, { max: MAX_NAME }) : state.refused[field];
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="font-medium text-[13px]">
        {t(`form.${field}`)}
      </label>
      <div className="relative flex">
        <input
          {...rest}
          id={id}
          name={field}
          type={secret && !plain ? 'password' : 'text'}
          value={state.draft[field]}
          onChange={(event) => state.set(field, event.target.value)}
          onBlur={() => state.draft[field] && state.leave(field)}
          aria-invalid={message !== undefined}
          aria-describedby={message || hint ? `${id}-hint` : undefined}
          // A browser must not offer this site's own password for a database.
          autoComplete={secret ? 'new-password' : 'off'}
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          className={`h-9 w-full min-w-0 rounded-md border border-line-strong bg-sunken px-2.5 text-[14px] aria-invalid:border-critical ${mono ? 'font-mono' : ''} ${secret ? 'pr-10' : ''}`}
        />
        {secret && (
          <button
            type="button"
            aria-label={plain ? t('form.hidePassword') : t('form.showPassword')}
            aria-pressed={plain}
            onClick={() => setPlain(!plain)}
            className="absolute inset-y-0 right-0 flex w-9 items-center justify-center text-muted hover:text-text"
          >
            <Eye crossed={plain} />
          </button>
        )}
      </div>
      {(message || hint) && (
        <p id={`${id}-hint`} className={`text-[12px] ${message ? 'text-critical' : 'text-muted'}`}>
          {message ?? hint}
        </p>
      )}
    </div>
  );
}

function Eye({ crossed }: { crossed: boolean }) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 16 16"
      className="size-4 fill-none stroke-current"
      strokeWidth="1.3"
    >
      <path d="M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8z" />
      <circle cx="8" cy="8" r="2" />
      {crossed && <path d="M2.5 2.5l11 11" />}
    </svg>
  );
}
