/** A shape beside the colour: a tick in a circle, a bar in a triangle. */
export function Shape({ ok }: { ok: boolean }) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 12 12"
      className={`size-3 shrink-0 ${ok ? 'text-ok' : 'text-warning'}`}
    >
      {ok ? (
        <circle cx="6" cy="6" r="5" className="fill-current" />
      ) : (
        <path d="M6 .8 11.6 11H.4z" className="fill-current" />
      )}
    </svg>
  );
}
