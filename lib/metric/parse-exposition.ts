/** Prometheus' text exposition, version 0.0.4, as its exporters write it. Pure. */

export type ExpositionSample = { name: string; labels: Record<string, string>; value: number };

/** What was given is not an exposition; says the line. */
export class ExpositionError extends Error {
  override name = 'ExpositionError';
}

const nameShape = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const labelShape = /[a-zA-Z_][a-zA-Z0-9_]*/y;
/** In any case of letters, as Prometheus reads them: some libraries write `Nan`. */
const specials: Record<string, number> = {
  ...{ '+inf': Number.POSITIVE_INFINITY, inf: Number.POSITIVE_INFINITY },
  ...{ '-inf': Number.NEGATIVE_INFINITY, nan: Number.NaN },
};
const escapes: Record<string, string> = { n: '\n', '"': '"', '\\': '\\' };

/**
 * Every sample; comments (HELP, TYPE) are passed over, time stamps and exemplars too.
 * Strict: a line that is none makes the whole answer no exposition, so that an error page is not read as few metrics.
 * Source: prometheus.io/docs/instrumenting/exposition_formats.
 * @param options.wanted names to keep; all without it
 * @throws ExpositionError
 */
export function parseExposition(
  text: string,
  options: { wanted?: (name: string) => boolean; maxSamples?: number } = {},
): ExpositionSample[] {
  const { wanted, maxSamples = 100_000 } = options;
  const samples: ExpositionSample[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1).trim() : raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const sample = readLine(line, index + 1);
    if (wanted && !wanted(sample.name)) continue;
    if (samples.length >= maxSamples)
      throw new ExpositionError(`more than ${maxSamples} samples are not read`);
    samples.push(sample);
  }
  return samples;
}

function readLine(line: string, number: number): ExpositionSample {
  const fail = (): never => {
    throw new ExpositionError(`line ${number} is not an exposition of metrics`);
  };
  const take = (shape: RegExp, from: number): string => {
    shape.lastIndex = from;
    return shape.exec(line)?.[0] ?? fail();
  };
  const name = take(nameShape, 0);
  let at = name.length;
  // No prototype: a label may be called `constructor`.
  const labels: Record<string, string> = Object.create(null);
  const space = () => {
    while (line[at] === ' ' || line[at] === '\t') at++;
  };
  space();
  if (line[at] === '{') {
    at++;
    space();
    while (line[at] !== '}') {
      const label = take(labelShape, at);
      at += label.length;
      space();
      if (line[at++] !== '=') fail();
      space();
      if (line[at++] !== '"') fail();
      let value = '';
      while (line[at] !== '"') {
        const char = line[at++] ?? fail();
        value += char === '\\' ? (escapes[line[at++] ?? ''] ?? fail()) : char;
      }
      at++;
      labels[label] = value;
      space();
      if (line[at] === ',') at++;
      else if (line[at] !== '}') fail();
      space();
    }
    at++;
  }
  const [written = ''] = line.slice(at).trim().split(/\s+/, 1);
  const special = specials[written.toLowerCase()];
  const value = special ?? Number(written || 'none');
  if (special === undefined && Number.isNaN(value)) return fail();
  return { name, labels: { ...labels }, value };
}
