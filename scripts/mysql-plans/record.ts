import mysql, { type Connection } from 'mysql2/promise';
import { mysqlPlanCases } from './cases';
import { mysqlShopStatements } from './schema';

/** One statement's plan in all the forms its server prints. */
export type MysqlPlanFixture = {
  engine: 'mysql' | 'mariadb';
  version: string;
  statement: string;
  /** EXPLAIN FORMAT=JSON; of MySQL in its first and second form. */
  json: string;
  json_v2: string | null;
  tree: string | null;
  /** EXPLAIN ANALYZE of MySQL (a tree), ANALYZE FORMAT=JSON of MariaDB; null of what was not executed. */
  analyzed: string | null;
  /** EXPLAIN ANALYZE FORMAT=JSON of MySQL. */
  analyzed_json: string | null;
  /** SHOW WARNINGS after EXPLAIN, without the note that holds the rewritten statement. */
  warnings: { code: number; message: string }[];
};

/** @param url of a superuser of an empty server */
export async function recordMysqlPlans(
  url: string,
  engine: 'mysql' | 'mariadb',
): Promise<Map<string, MysqlPlanFixture>> {
  const setup = await mysql.createConnection(url);
  await setup.query('drop database if exists shop');
  for (const one of mysqlShopStatements()) await setup.query(one);
  const version = await one(setup, 'select version()');
  await setup.end();
  const plans = new Map<string, MysqlPlanFixture>();
  for (const { name, sql, plain, only, set, mysqlSet, mariadbSet } of mysqlPlanCases) {
    if (only && only !== engine) continue;
    const connection = await mysql.createConnection(url);
    await connection.query('use shop');
    for (const setting of [...(set ?? []), ...((engine === 'mysql' ? mysqlSet : mariadbSet) ?? [])])
      await connection.query(`set session ${setting}`);
    const isMysql = engine === 'mysql';
    if (isMysql) await connection.query('set explain_json_format_version = 1');
    const json = await one(connection, `explain format=json ${sql}`);
    const warnings = await warningsOf(connection);
    if (isMysql) await connection.query('set explain_json_format_version = 2');
    plans.set(name, {
      engine,
      version,
      statement: sql,
      json,
      json_v2: isMysql ? await one(connection, `explain format=json ${sql}`) : null,
      tree: isMysql ? await one(connection, `explain format=tree ${sql}`) : null,
      analyzed: plain
        ? null
        : await one(connection, `${isMysql ? 'explain analyze' : 'analyze format=json'} ${sql}`),
      analyzed_json:
        plain || !isMysql ? null : await one(connection, `explain analyze format=json ${sql}`),
      warnings,
    });
    await connection.end();
  }
  return plans;
}

async function one(connection: Connection, sql: string): Promise<string> {
  const [rows] = await connection.query({
    sql,
    rowsAsArray: true,
    typeCast: (field) => field.string(),
  });
  return String((rows as unknown[][])[0]?.[0]);
}

async function warningsOf(connection: Connection): Promise<{ code: number; message: string }[]> {
  const [rows] = await connection.query('show warnings');
  return (rows as { Code: number; Message: string }[])
    .filter(({ Code }) => Code !== 1003)
    .map(({ Code, Message }) => ({ code: Code, message: Message }));
}
