import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadParser, parsePostgres } from '@/lib/statement/parse-postgres';
import { lessonBySlug, lessons } from './all';

beforeAll(loadParser);

describe('lessons', () => {
  it('have names of their own, and everything in both languages', () => {
    expect(new Set(lessons.map(({ slug }) => slug)).size).toBe(lessons.length);
    for (const { title, what, why, steps } of lessons)
      for (const { en, ja } of [title, what, why, ...steps]) {
        expect(en.length, en).toBeGreaterThan(3);
        expect(ja.length, en).toBeGreaterThan(3);
      }
  });

  it('exist for every advice that names one', () => {
    const folder = path.join(import.meta.dirname, '..');
    const named = readdirSync(folder)
      .filter((name) => name.endsWith('.ts') && !name.includes('.test.'))
      .flatMap((name) => [
        ...readFileSync(path.join(folder, name), 'utf8').matchAll(
          /lesson:[^,]*?'([a-z-]+)'(?:[^,]*?'([a-z-]+)')?/gs,
        ),
      ])
      .flatMap(([, one, other]) => [one, other].filter((slug) => slug !== undefined));
    expect(named.length).toBeGreaterThan(10);
    for (const slug of named) expect(lessonBySlug(slug), slug).not.toBeNull();
  });

  it('show good SQL that PostgreSQL can read', () => {
    for (const { slug, good } of lessons) {
      if (!good || good.includes('…') || good.startsWith('WHERE')) continue;
      expect(parsePostgres(good), slug).not.toBeNull();
    }
  });
});
