/** One figure of a step with its share as a bar; beside the name on a wide screen, below it on a phone. */
export function PlanBar(props: {
  label: string;
  share: number | null;
  value: string;
  /** For a value of two numbers. */
  wide?: boolean;
  tone: 'hot' | 'plain' | 'quiet';
}) {
  const fill = { hot: 'bg-warning', plain: 'bg-accent', quiet: 'bg-line-strong' }[props.tone];
  const share = props.share === null ? 0 : Math.min(1, Math.max(0, props.share));
  return (
    <td className="flex items-center gap-2 pb-1 pl-6 sm:py-1.5 sm:pl-0">
      <span className="w-24 shrink-0 text-[12px] text-muted sm:hidden">{props.label}</span>
      <span aria-hidden className="h-1.5 min-w-0 flex-1 overflow-hidden rounded-full bg-sunken">
        {share > 0 && (
          <span
            className={`block h-full rounded-full ${fill}`}
            style={{ width: `${Math.max(2, share * 100)}%` }}
          />
        )}
      </span>
      <span
        className={`${props.wide ? 'w-24' : 'w-14'} shrink-0 whitespace-nowrap text-right tabular-nums`}
      >
        {props.value}
      </span>
    </td>
  );
}
