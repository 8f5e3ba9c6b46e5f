import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { MysqlPlanFixture } from './record';

const folder = 'lib/plan/mysql/fixtures';

/** For tests: `cte-mariadb`. Made by scripts/mysql-plans/make-fixtures.ts. */
export const readMysqlFixture = (name: string): MysqlPlanFixture =>
  JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8'));

export const mysqlFixtureNames = (): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();

/** All forms of one statement's plan, by name. */
export const formsOf = (fixture: MysqlPlanFixture): [form: string, text: string][] =>
  (['json', 'json_v2', 'tree', 'analyzed', 'analyzed_json'] as const).flatMap((form) => {
    const text = fixture[form];
    return text === null ? [] : [[form, text] as [string, string]];
  });
