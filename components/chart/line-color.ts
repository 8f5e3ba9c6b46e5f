/** The colour of a line, as a CSS value; 0 is that of "others". */
export const lineColor = (index: number) =>
  index === 0 ? 'var(--chart-others)' : `var(--chart-${index})`;
