import { useTranslations } from 'next-intl';

export type Status = 'ok' | 'warning' | 'critical' | 'unknown';

const tint: Record<Status, string> = {
  ok: 'text-ok',
  warning: 'text-warning',
  critical: 'text-critical',
  unknown: 'text-unknown',
};

/** Text colour of a status. */
export function statusText(status: Status): string {
  return tint[status];
}

/**
 * A status as a colour and a shape: circle, triangle, octagon, dashed ring.
 * Named for screen readers unless `silent`, when the words stand beside it.
 */
export function StatusMark(props: { status: Status; size?: number; silent?: boolean }) {
  const t = useTranslations('shell');
  const size = props.size ?? 12;
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 12 12"
      className={`inline-block shrink-0 ${tint[props.status]}`}
      {...(props.silent
        ? { 'aria-hidden': true }
        : { role: 'img', 'aria-label': t(`status.${props.status}`) })}
    >
      {!props.silent && <title>{t(`status.${props.status}`)}</title>}
      {props.status === 'ok' && <circle cx="6" cy="6" r="4" fill="currentColor" />}
      {props.status === 'warning' && <path d="M6 1l5.4 9.6H.6z" fill="currentColor" />}
      {props.status === 'critical' && (
        <path d="M3.6.4h4.8l3.2 3.2v4.8l-3.2 3.2H3.6L.4 8.4V3.6z" fill="currentColor" />
      )}
      {props.status === 'unknown' && (
        <circle
          cx="6"
          cy="6"
          r="4.2"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.6"
          strokeDasharray="2.3 1.5"
        />
      )}
    </svg>
  );
}
