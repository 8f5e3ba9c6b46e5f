'use client';

import { type ReactNode, useEffect, useId, useRef } from 'react';

/**
 * The browser's own modal dialog: traps the focus, closes with Escape and gives the focus back.
 * `footer` holds the actions; `onClose` is called however it is closed.
 */
export function Dialog(props: {
  open: boolean;
  title: string;
  onClose: () => void;
  children: ReactNode;
  footer?: ReactNode;
  wide?: boolean;
}) {
  const element = useRef<HTMLDialogElement>(null);
  const title = useId();
  useEffect(() => {
    const dialog = element.current;
    if (!dialog) return;
    if (props.open && !dialog.open) dialog.showModal();
    if (!props.open && dialog.open) dialog.close();
  }, [props.open]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it, the pointer may too
    <dialog
      ref={element}
      aria-labelledby={title}
      onClose={props.onClose}
      onClick={(event) => event.target === event.currentTarget && props.onClose()}
      className={`m-auto max-h-[85dvh] w-[calc(100vw-2rem)] rounded-md border border-line-strong bg-overlay p-0 text-text ${props.wide ? 'max-w-3xl' : 'max-w-md'}`}
    >
      {props.open && (
        <div className="flex flex-col gap-3 p-4">
          <h2 id={title} className="font-semibold text-[15px]">
            {props.title}
          </h2>
          <div className="text-[13px] leading-relaxed">{props.children}</div>
          {props.footer && (
            <div className="flex flex-wrap justify-end gap-2 pt-1">{props.footer}</div>
          )}
        </div>
      )}
    </dialog>
  );
}
