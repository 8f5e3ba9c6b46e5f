/** A body is at most this many bytes. */
export const bodyLimit = 1024 * 1024;
const deepest = 32;

/** Why a body is refused; `at` names the field where one can be named. */
export class BodyError extends Error {
  constructor(
    message: string,
    readonly at: string,
  ) {
    super(message);
  }
}

/**
 * JSON without its traps: no duplicate keys (two readers would see two values), no `__proto__` or `constructor.prototype`,
 * no nesting deeper than 32.
 * @throws BodyError with a sentence and the field
 */
export function parseStrictJson(text: string): unknown {
  checkShape(text);
  try {
    return JSON.parse(text);
  } catch {
    throw new BodyError('is not valid JSON', 'body');
  }
}

/** One pass over the tokens; what is not valid JSON otherwise is left to JSON.parse. */
function checkShape(text: string): void {
  type Level = { keys: Set<string> | null; key: string };
  const levels: Level[] = [];
  const string = /"(?:[^"\\]|\\.)*"/gsy;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    const level = levels.at(-1);
    if (char === '{' || char === '[') {
      if (levels.length >= deepest)
        throw new BodyError(`is nested deeper than ${deepest} levels`, pathOf(levels));
      levels.push({ keys: char === '{' ? new Set() : null, key: '' });
    } else if (char === '}' || char === ']') levels.pop();
    else if (char === '"') {
      string.lastIndex = at;
      const found = string.exec(text)?.[0];
      if (found === undefined) throw new BodyError('is not valid JSON', 'body');
      at += found.length - 1;
      if (level?.keys && /^\s*:/.test(text.slice(at + 1, at + 50))) addKey(level, found, levels);
    }
  }
}

function addKey(
  level: { keys: Set<string> | null; key: string },
  quoted: string,
  levels: { key: string }[],
) {
  let key: string;
  try {
    key = JSON.parse(quoted) as string;
  } catch {
    throw new BodyError('is not valid JSON', 'body');
  }
  level.key = key.slice(0, 100);
  if (key === '__proto__' || key === 'constructor' || key === 'prototype')
    throw new BodyError('is a name that is not allowed', pathOf(levels));
  if (level.keys?.has(key)) throw new BodyError('is given twice', pathOf(levels));
  level.keys?.add(key);
}

const pathOf = (levels: { key: string }[]) =>
  levels
    .map((level) => level.key)
    .filter(Boolean)
    .slice(0, 8)
    .join('.') || 'body';
