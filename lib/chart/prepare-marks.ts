/** Events on a plot: those too close together become one flag, and each flag's words get the room that is there. Pure. */
import { type Span, xOf } from './plot';

/** `href`: where the mark leads. */
export type ChartMark = { at: number; text: string; href?: string };
export type PlacedMark = {
  at: number;
  x: number;
  texts: string[];
  /** Where the newest leads. */
  href: string | null;
  /** What the flag says: the newest event without its time, which the axis tells, and how many there are. */
  words: string;
  /** Where the words stand, and how wide they may be; 0: there is no room for words, the flag stands alone. */
  side: 'left' | 'right';
  room: number;
};

const flag = 12;
const together = 16;
const readable = 48;
const roomy = 150;
const widest = 220;
const leadingClock = /^\d{1,2}:\d{2}(:\d{2})?\s+/;

/** Flags of the marks within the window, from left to right. */
export function prepareMarks(marks: readonly ChartMark[], span: Span, width: number): PlacedMark[] {
  const groups: { at: number; x: number; texts: string[]; href: string | null }[] = [];
  const inside = marks.filter(({ at }) => at >= span.from && at <= span.to);
  for (const { at, text, href = null } of [...inside].sort((a, b) => a.at - b.at)) {
    const x = xOf(at, span, width);
    const last = groups.at(-1);
    if (last && x - last.x < together) {
      last.texts.push(text);
      last.href = href ?? last.href;
    } else groups.push({ at, x, texts: [text], href });
  }
  let used = 0;
  return groups.map((group, index) => {
    const right = (groups[index + 1]?.x ?? width) - group.x - flag - 4;
    const left = group.x - used - 4;
    const side = right < roomy && left > right && left >= readable ? 'left' : 'right';
    const free = Math.min(widest, side === 'left' ? left : right);
    const room = free >= readable ? Math.floor(free) : 0;
    used = group.x + flag + (side === 'right' ? room : 0);
    const newest = (group.texts.at(-1) ?? '').replace(leadingClock, '');
    const words = group.texts.length > 1 ? `${group.texts.length} · ${newest}` : newest;
    return { ...group, words, side, room };
  });
}

/** The texts of the events that belong to a moment: not further from it than `within`. */
export function marksNear(
  marks: readonly ChartMark[],
  at: number,
  within: number,
): readonly ChartMark[] {
  return marks.filter((mark) => Math.abs(mark.at - at) <= within);
}
