import { useCallback, useState } from 'react';

/** How far outside of the screen a chart still counts as near, so that scrolling meets it drawn. */
const ahead = '300px';

/** The width of an element in whole pixels as it changes, 0 until it is known; and whether it is on the screen or near it. */
export function useWidth() {
  const [width, setWidth] = useState(0);
  const [near, setNear] = useState(true);
  const ref = useCallback((element: HTMLElement | null) => {
    if (!element) return;
    setWidth(Math.floor(element.clientWidth));
    const size = new ResizeObserver(() => setWidth(Math.floor(element.clientWidth)));
    size.observe(element);
    const sight = new IntersectionObserver(
      (entries) => setNear(entries.at(-1)?.isIntersecting ?? true),
      { rootMargin: ahead },
    );
    sight.observe(element);
    return () => {
      size.disconnect();
      sight.disconnect();
    };
  }, []);
  return { ref, width, near };
}
