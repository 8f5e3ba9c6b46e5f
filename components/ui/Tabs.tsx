import Link from 'next/link';

export type Tab = { id: string; label: string; href: string; count?: number };

/** Views of one thing; each is a link, so each can be pasted and opened beside another. */
export function Tabs(props: { label: string; tabs: readonly Tab[]; current: string }) {
  return (
    <nav aria-label={props.label} className="flex gap-1 overflow-x-auto border-line border-b">
      {props.tabs.map((tab) => (
        <Link
          key={tab.id}
          href={tab.href}
          aria-current={tab.id === props.current ? 'page' : undefined}
          className="-mb-px flex h-9 max-sm:h-11 shrink-0 items-center gap-1.5 border-transparent border-b-2 px-3 font-medium text-[13px] text-muted outline-offset-[-2px] hover:text-text aria-[current=page]:border-accent aria-[current=page]:text-text"
        >
          {tab.label}
          {tab.count !== undefined && <span className="text-[12px] text-muted">{tab.count}</span>}
        </Link>
      ))}
    </nav>
  );
}
