import type { HTMLAttributes, ReactNode, TdHTMLAttributes, ThHTMLAttributes } from 'react';

/**
 * A dense table. `caption` is for screen readers. On a narrow screen it scrolls inside itself, or with `stack`
 * each row becomes a block whose cells name themselves with `label`, so that no action hides beyond the edge.
 */
export function Table(props: {
  caption: string;
  children: ReactNode;
  className?: string;
  stack?: boolean;
}) {
  return (
    <section
      aria-label={props.caption}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className={`relative overflow-x-auto outline-offset-[-2px] ${props.className ?? ''}`}
    >
      <table
        className={`w-full border-collapse text-left text-[13px] ${props.stack ? stacked : ''}`}
      >
        <caption className="sr-only">{props.caption}</caption>
        {props.children}
      </table>
    </section>
  );
}

const stacked =
  'max-sm:block max-sm:[&_tbody]:block max-sm:[&_thead]:sr-only max-sm:[&_tr]:block max-sm:[&_tr]:border-line max-sm:[&_tr]:border-b max-sm:[&_tr]:py-2 max-sm:[&_td]:flex max-sm:[&_td]:flex-wrap max-sm:[&_td]:items-baseline max-sm:[&_td[data-label]]:justify-between max-sm:[&_td]:gap-x-4 max-sm:[&_td]:border-0 max-sm:[&_td]:py-1 max-sm:[&_td]:text-left max-sm:[&_td:empty]:hidden max-sm:[&_td[data-label]]:before:text-[12px] max-sm:[&_td[data-label]]:before:font-sans max-sm:[&_td[data-label]]:before:text-muted max-sm:[&_td[data-label]]:before:content-[attr(data-label)]';

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

/** A cell; `label` is the name of its column, shown where rows are stacked. */
export function Td({
  className = '',
  label,
  ...rest
}: TdHTMLAttributes<HTMLTableCellElement> & { label?: string }) {
  return (
    <td
      data-label={label}
      className={`border-line border-b px-3 py-1.5 align-middle ${className}`}
      {...rest}
    />
  );
}

/** A row that answers to the pointer. */
export function Tr({ className = '', ...rest }: HTMLAttributes<HTMLTableRowElement>) {
  return <tr className={`transition-colors hover:bg-hover ${className}`} {...rest} />;
}
