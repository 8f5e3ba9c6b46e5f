import type { ReactNode } from 'react';
import { CopyButton } from './CopyButton';

/** A statement or a command, ready to copy. `children` may hold the same text highlighted. */
export function CodeBlock(props: { code: string; copyLabel?: string; children?: ReactNode }) {
  return (
    <div className="relative min-w-0 rounded-md border border-line bg-sunken">
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className="max-h-96 overflow-auto whitespace-pre-wrap break-words p-3 pr-20 font-mono text-[12px] leading-relaxed"
      >
        <code>{props.children ?? props.code}</code>
      </pre>
      <CopyButton
        text={props.code}
        className="absolute top-2 right-2"
        {...(props.copyLabel ? { label: props.copyLabel } : {})}
      />
    </div>
  );
}
