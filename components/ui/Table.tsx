import type { HTMLAttributes, ReactNode, TdHTMLAttributes, ThHTMLAttributes } from 'react';

/** A dense table that scrolls inside itself on a narrow screen. `caption` is for screen readers. */
export function Table(props: { caption: string; children: ReactNode; className?: string }) {
  return (
    <section
      aria-label={props.caption}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className={`relative overflow-x-auto outline-offset-[-2px] ${props.className ?? ''}`}
    >
      <table className="w-full border-collapse text-left text-[13px]">
        <caption className="sr-only">{props.caption}</caption>
        {props.children}
      </table>
    </section>
  );
}

/** A column's name. */
export function Th({ className = '', ...rest }: ThHTMLAttributes<HTMLTableCellElement>) {
  return (
    <th
      scope="col"
      className={`whitespace-nowrap border-line border-b px-3 py-1.5 font-medium text-[12px] text-muted ${className}`}
      {...rest}
    />
  );
}

/** A cell. */
export function Td({ className = '', ...rest }: TdHTMLAttributes<HTMLTableCellElement>) {
  return <td className={`border-line border-b px-3 py-1.5 align-middle ${className}`} {...rest} />;
}

/** A row that answers to the pointer. */
export function Tr({ className = '', ...rest }: HTMLAttributes<HTMLTableRowElement>) {
  return <tr className={`transition-colors hover:bg-hover ${className}`} {...rest} />;
}
