import type { ReactNode } from 'react';

/** Nothing here yet: says what would be, and what to do. */
export function EmptyState(props: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-start gap-2 rounded-md border border-line-strong border-dashed p-6">
      <h2 className="font-semibold text-[14px]">{props.title}</h2>
      {props.children && (
        <div className="w-full min-w-0 max-w-prose text-[13px] text-muted leading-relaxed">
          {props.children}
        </div>
      )}
      {props.action && <div className="pt-1">{props.action}</div>}
    </div>
  );
}
