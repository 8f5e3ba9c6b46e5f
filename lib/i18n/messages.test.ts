import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createTranslator } from 'next-intl';
import { describe, expect, it } from 'vitest';

const folder = path.join(import.meta.dirname, 'messages');
const namespaces = readdirSync(path.join(folder, 'en'));

function leaves(value: unknown, at: string): [string, string][] {
  return typeof value === 'string'
    ? [[at, value]]
    : Object.entries(value as object).flatMap(([key, inner]) =>
        leaves(inner, at ? `${at}.${key}` : key),
      );
}
const read = (language: string, namespace: string) =>
  leaves(JSON.parse(readFileSync(path.join(folder, language, namespace), 'utf8')), '');

/** Names in braces and tags: what a sentence is given. */
const given = (text: string) =>
  [...new Set([...text.matchAll(/[{<](\w+)/g)].map(([, name]) => name))].sort();

function sources(): string {
  const root = path.join(folder, '../../..');
  return ['app', 'components', 'lib', 'collectors']
    .flatMap((part) =>
      readdirSync(path.join(root, part), { recursive: true, encoding: 'utf8' })
        .filter((file) => /(?<!\.test)\.tsx?$/.test(file))
        .map((file) => readFileSync(path.join(root, part, file), 'utf8')),
    )
    .join('\n');
}

describe.each(namespaces)('%s', (namespace) => {
  it('has sentences that can be parsed', () => {
    for (const locale of ['en', 'ja']) {
      const file = path.join(folder, locale, namespace);
      const refused: string[] = [];
      const say = createTranslator({
        locale,
        messages: JSON.parse(readFileSync(file, 'utf8')),
        // A value that is not given is no fault of the sentence.
        onError: ({ code, message }) => code === 'INVALID_MESSAGE' && refused.push(message),
      }) as (key: string) => string;
      for (const [key] of read(locale, namespace)) say(key);
      expect(refused).toEqual([]);
    }
  });

  const english = read('en', namespace);
  const japanese = new Map(read('ja', namespace));

  it('says in Japanese all that it says in English, and gives each sentence the same', () => {
    expect([...japanese.keys()].sort()).toEqual(english.map(([key]) => key).sort());
    for (const [key, text] of english) {
      const plain = given(text).filter((name) => !/^(one|other|zero)$/.test(name ?? ''));
      for (const name of given(japanese.get(key) ?? '')) expect([key, ...plain]).toContain(name);
    }
  });
});

it('has no message that nobody shows', () => {
  const words = new Set(sources().match(/\w+/g));
  const dead = namespaces.flatMap((namespace) =>
    read('en', namespace)
      .map(([key]) => `${namespace} ${key}`)
      .filter((key) => !words.has(key.split(/[. ]/).at(-1) ?? '')),
  );
  expect(dead).toEqual([]);
});

it('has every message that a screen asks for by its name', () => {
  const root = path.join(folder, '../../..');
  const files = ['app', 'components'].flatMap((part) =>
    readdirSync(path.join(root, part), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.tsx') || file.endsWith('.ts'))
      .map((file) => path.join(root, part, file)),
  );
  const known = new Set(
    namespaces.flatMap((namespace) =>
      read('en', namespace).map(([key]) => `${namespace.replace('.json', '')}.${key}`),
    ),
  );
  const missing = files.flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    const bound = new Map<string, string[]>();
    for (const [, name = '', , space = ''] of text.matchAll(
      /const (\w+) = (?:await )?(use|get)Translations\(\s*'([\w.]+)'/g,
    ))
      bound.set(name, [...(bound.get(name) ?? []), space]);
    return [...bound].flatMap(([name, spaces]) =>
      [...text.matchAll(new RegExp(`\\b${name}(?:\\.rich|\\.raw)?\\(\\s*'([\\w.]+)'`, 'g'))]
        .map(([, key]) => key)
        .filter(
          (key) => !known.has(key ?? '') && !spaces.some((space) => known.has(`${space}.${key}`)),
        )
        .map((key) => `${path.relative(root, file)}: ${spaces.join('|')}.${key}`),
    );
  });
  expect(missing).toEqual([]);
});
