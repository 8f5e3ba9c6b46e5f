'use client';

import { useTranslations } from 'next-intl';
import { useId } from 'react';
import type { TlsMode } from './instance-draft';

const MODES = [
  ['off', 'tlsOff', 'tlsOffHint'],
  ['require', 'tlsRequire', 'tlsRequireHint'],
  ['verify-full', 'tlsVerify', 'tlsVerifyHint'],
] as const;

/** The three TLS modes, each with what it does and does not protect from. */
export function TlsChoice(props: {
  value: TlsMode;
  /** MySQL's protocol gives the server the password itself where PostgreSQL's gives a proof. */
  sendsPassword: boolean;
  onChange: (mode: TlsMode) => void;
}) {
  const t = useTranslations('instances');
  const name = useId();
  const known = MODES.find(([mode]) => mode === props.value)?.[2] ?? 'tlsRequireHint';
  const hint = known === 'tlsRequireHint' && props.sendsPassword ? 'tlsRequireMysqlHint' : known;
  return (
    <div role="radiogroup" aria-labelledby={`${name}-label`} className="flex flex-col gap-1">
      <span id={`${name}-label`} className="font-medium text-[13px]">
        {t('form.tls')}
      </span>
      <div className="flex w-full overflow-hidden rounded-md border border-line-strong sm:w-fit">
        {MODES.map(([mode, label]) => (
          <label
            key={mode}
            className="flex h-9 flex-1 cursor-pointer items-center justify-center whitespace-nowrap border-line-strong border-l px-3 text-[13px] first:border-l-0 hover:bg-hover has-checked:bg-selected has-checked:font-medium has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-[-2px]"
          >
            <input
              type="radio"
              name={name}
              value={mode}
              checked={props.value === mode}
              onChange={() => props.onChange(mode)}
              className="sr-only"
              aria-describedby={`${name}-hint`}
            />
            {t(`form.${label}`)}
          </label>
        ))}
      </div>
      <p
        id={`${name}-hint`}
        className={`text-[12px] ${props.value === 'off' ? 'text-warning' : 'text-muted'}`}
      >
        {t(`form.${hint}`)}
      </p>
    </div>
  );
}
