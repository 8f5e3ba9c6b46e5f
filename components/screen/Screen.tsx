/** The frame of a drill-down screen: its name, the sentence on top, its actions. */
import type { ReactNode } from 'react';

export function Screen(props: {
  title: ReactNode;
  /** The answer first: one sentence, or what the screen is for. Its line is kept free while there is none yet. */
  lead?: ReactNode;
  above?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className="mx-auto flex w-full max-w-[1600px] flex-col gap-4 px-4 py-4 sm:px-6">
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 max-w-[70rem] flex-1 basis-80">
          {props.above && <div className="mb-1 text-[12px] text-muted">{props.above}</div>}
          <h1 className="break-words font-semibold text-[20px] leading-tight">{props.title}</h1>
          {'lead' in props && (
            <div className="mt-1 min-h-[1.6em] text-[14px] text-muted leading-relaxed">
              {props.lead}
            </div>
          )}
        </div>
        {props.actions && <div className="flex flex-wrap gap-2">{props.actions}</div>}
      </header>
      {props.children}
    </div>
  );
}
