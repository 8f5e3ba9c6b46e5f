import type { ReactNode } from 'react';

const tones = {
  plain: 'border-line-strong text-muted',
  accent: 'border-accent/50 text-accent',
  ok: 'border-ok/50 text-ok',
  warning: 'border-warning/50 text-warning',
  critical: 'border-critical/60 text-critical',
  unknown: 'border-dashed border-unknown/70 text-unknown',
};

/** A word about a thing, beside its name. */
export function Badge(props: { tone?: keyof typeof tones; children: ReactNode; title?: string }) {
  return (
    <span
      title={props.title}
      className={`inline-flex h-[18px] items-center gap-1 whitespace-nowrap rounded-sm border px-1.5 font-medium text-[11px] ${tones[props.tone ?? 'plain']}`}
    >
      {props.children}
    </span>
  );
}
