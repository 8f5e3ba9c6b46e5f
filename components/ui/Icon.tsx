const shapes = {
  search: 'M10.8 10.8 14 14M12 7.2a4.8 4.8 0 1 1-9.6 0 4.8 4.8 0 0 1 9.6 0Z',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
  widen: 'M9.5 2.5h4v4M13.2 2.8 9.4 6.6M6.5 13.5h-4v-4M2.8 13.2l3.8-3.8',
  theme: 'M8 2.5v11M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11ZM9.5 5h2.4M9.5 8h3.8M9.5 11h2.4',
} as const;

/** A drawing beside or instead of words; whoever uses it alone names the control with `aria-label`. */
export function Icon({ name }: { name: keyof typeof shapes }) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      className="inline size-4 max-sm:size-5"
    >
      <path d={shapes[name]} />
    </svg>
  );
}
