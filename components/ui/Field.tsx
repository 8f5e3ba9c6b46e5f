'use client';

import { cloneElement, type ReactElement, type ReactNode, useId } from 'react';

type Control = ReactElement<{
  id?: string;
  'aria-describedby'?: string;
  'aria-invalid'?: boolean;
}>;

/** A labelled control with its hint, or what is wrong with it. */
export function Field(props: {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  children: Control;
  className?: string;
}) {
  const id = useId();
  const note = props.error ?? props.hint;
  return (
    <div className={`flex min-w-0 flex-col gap-1 ${props.className ?? ''}`}>
      <label htmlFor={id} className="font-medium text-[13px]">
        {props.label}
      </label>
      {cloneElement(props.children, {
        id,
        ...(note ? { 'aria-describedby': `${id}-note` } : {}),
        ...(props.error ? { 'aria-invalid': true } : {}),
      })}
      {note && (
        <p
          id={`${id}-note`}
          className={`text-[12px] ${props.error ? 'text-critical' : 'text-muted'}`}
        >
          {note}
        </p>
      )}
    </div>
  );
}
