import type { PlanLine } from '../unframe-plan-text';

const longestLine = 20_000;

/**
 * Takes away what the mysql and mariadb clients put around an answer of one column: the table's bars, the lines of \G,
 * the prompt, `1 row in set`. In batch mode line breaks stand as `\n`.
 */
export function unframeMysqlText(given: string): PlanLine[] {
  const whole = given.replace(/^\uFEFF/, '');
  // Longer lines are JSON on one line: kept whole, since no expression below runs over them.
  let lines = whole
    .split(/\r\n|\r|\n/)
    .map((text, index) => ({ text: text.trimEnd(), line: index + 1 }));
  const escaped = lines.find(({ text }) =>
    /^(?:EXPLAIN: |ANALYZE: )?(?:\{\\n|-> .*\\n)/.test(text),
  );
  if (escaped)
    lines = escaped.text
      .replace(/\\\\/g, '\u0001')
      .split('\\n')
      .map((text) => ({
        text: text.replaceAll('\\t', '\t').replaceAll('\u0001', '\\'),
        line: escaped.line,
      }));
  const isFrame = (text: string) =>
    /^\+-+\+$/.test(text) ||
    /^\|?\s*(?:EXPLAIN|ANALYZE)\s*\|?$/.test(text) ||
    /^\*+ \d+\. row \*+$/.test(text) ||
    /^(?:mysql|MariaDB \[.*\])> /.test(text) ||
    /^\d+ rows? in set/.test(text) ||
    /^(?:Note|Warning) \(Code /.test(text);
  const kept = lines.filter(({ text }) => text.length > longestLine || !isFrame(text));
  const bordered = /^\| /.test(kept.find(({ text }) => text !== '')?.text ?? '');
  return kept.map(({ text, line }) => {
    let inner = text.replace(/^(?:EXPLAIN|ANALYZE): /, '');
    if (bordered) inner = inner.replace(/^\| /, '');
    if (bordered && inner.endsWith('|')) inner = inner.slice(0, -1);
    return { text: inner.trimEnd(), line };
  });
}
