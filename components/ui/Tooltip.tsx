'use client';

import { type ReactNode, useId } from 'react';

/** A longer word about something, on hover and on focus. Pure CSS, so it costs nothing in long tables. */
export function Tooltip(props: { text: ReactNode; children: ReactNode; focusable?: boolean }) {
  const id = useId();
  return (
    <span
      className="group/tip relative inline-flex"
      {...(props.focusable ? { tabIndex: 0 } : {})}
      aria-describedby={id}
    >
      {props.children}
      <span
        id={id}
        role="tooltip"
        className="pointer-events-none invisible absolute bottom-full left-0 z-30 mb-1 w-max max-w-72 rounded-md border border-line-strong bg-overlay px-2 py-1 text-[12px] text-text opacity-0 transition-opacity group-focus-within/tip:visible group-focus-within/tip:opacity-100 group-hover/tip:visible group-hover/tip:opacity-100"
      >
        {props.text}
      </span>
    </span>
  );
}
