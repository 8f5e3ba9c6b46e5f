'use client';

import { useLocale, useTranslations } from 'next-intl';
import { CopyButton } from '@/components/ui/CopyButton';
import { type Status, StatusMark } from '@/components/ui/StatusMark';
import type { FindingBody } from '@/lib/contract';
import type { Locale } from '@/lib/i18n/locale';
import { visibleText } from '../statement/sql-tokens';

const MARKS: Record<FindingBody['severity'], Status> = {
  critical: 'critical',
  warning: 'warning',
  info: 'ok',
};

/** What stands out, worst first, in plain words; `show` leads to the step. */
export function PlanFindings(props: {
  findings: readonly FindingBody[];
  none: string;
  show?: (node: string) => void;
}) {
  const t = useTranslations('plan');
  const locale = useLocale() as Locale;
  if (props.findings.length === 0) return <p className="text-muted">{props.none}</p>;
  const order = ['critical', 'warning', 'info'];
  const sorted = [...props.findings].sort(
    (a, b) => order.indexOf(a.severity) - order.indexOf(b.severity),
  );
  return (
    <ul className="flex flex-col gap-2.5">
      {sorted.map((finding) => (
        <li key={`${finding.node} ${finding.kind}`} className="flex items-start gap-2">
          <span className="pt-[3px]" title={t(`severity.${finding.severity}`)}>
            {finding.severity === 'info' ? (
              <Note label={t('severity.info')} />
            ) : (
              <StatusMark status={MARKS[finding.severity]} />
            )}
          </span>
          <div className="min-w-0 leading-relaxed">
            <p className="break-words">{visibleText(finding.says[locale])}</p>
            {finding.evidence && finding.evidence.length > 0 && (
              <dl className="mt-0.5 flex flex-wrap gap-x-4 text-[12px]">
                {finding.evidence.map(({ label, value }) => (
                  <div key={label.en} className="flex min-w-0 gap-1.5">
                    <dt className="text-muted">{label[locale]}</dt>
                    <dd className="min-w-0 break-words tabular-nums">{visibleText(value)}</dd>
                  </div>
                ))}
              </dl>
            )}
            {finding.sql !== undefined && (
              <div className="my-1 flex flex-col items-start gap-1">
                <pre className="w-full whitespace-pre-wrap break-words rounded-sm bg-sunken px-2 py-1 text-[12px]">
                  {finding.sql}
                </pre>
                <CopyButton text={finding.sql} label={t('findings.copySql')} />
              </div>
            )}
            {props.show && (
              <button
                type="button"
                onClick={() => props.show?.(finding.node)}
                className="text-[12px] text-accent hover:underline"
              >
                {t('findings.show')}
              </button>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}

/** Neither good nor bad: a small square. */
function Note({ label }: { label: string }) {
  return (
    <svg width="12" height="12" viewBox="0 0 12 12" role="img" className="text-muted">
      <title>{label}</title>
      <rect x="2" y="2" width="8" height="8" rx="1" fill="none" stroke="currentColor" />
    </svg>
  );
}
