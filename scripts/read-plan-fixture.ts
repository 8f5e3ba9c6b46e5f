import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export type PlanFixture = {
  version: number;
  statement: string;
  json: unknown;
  text: string;
  /** auto_explain's text of the execution that `json` is of; null when it was only planned. */
  logged: string | null;
};

const folder = 'lib/plan/fixtures';

/** For tests: `jit-15`. Made by scripts/make-plan-fixtures.ts. */
export const readFixture = (name: string): PlanFixture =>
  JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8'));

export const fixtureNames = (): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
