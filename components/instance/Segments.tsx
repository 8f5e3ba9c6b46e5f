'use client';

import { useId } from 'react';

/** One choice of two or three, side by side. */
export function Segments<V extends string | number>(props: {
  label: string;
  value: V;
  options: readonly (readonly [V, string])[];
  onChange: (value: V) => void;
}) {
  const name = useId();
  return (
    <div
      role="radiogroup"
      aria-label={props.label}
      className="flex w-fit flex-wrap overflow-hidden rounded-md border border-line-strong text-[12px]"
    >
      {props.options.map(([value, label]) => (
        <label
          key={value}
          className="flex h-7 max-sm:h-11 cursor-pointer items-center whitespace-nowrap px-2.5 text-muted hover:bg-hover has-checked:bg-selected has-checked:text-text has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-[-2px]"
        >
          <input
            type="radio"
            name={name}
            checked={value === props.value}
            onChange={() => props.onChange(value)}
            className="sr-only"
          />
          {label}
        </label>
      ))}
    </div>
  );
}
