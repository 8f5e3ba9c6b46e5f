/** Queries that turn rows of the server's status into one row of columns. */
import type { Flavour, Query } from '@/lib/metric/define-metric';

/** Where each server keeps its status. MariaDB writes the names in capitals and compares without regard to case. */
const statusTable: Record<Flavour, string> = {
  mysql: 'performance_schema.global_status',
  mariadb: 'information_schema.global_status',
};
const oldest: Record<Flavour, number> = { mysql: 800, mariadb: 1006 };
export const flavours: readonly Flavour[] = ['mysql', 'mariadb'];

/** The same query for both servers, or one each. */
export function forBoth(sqlOf: (flavour: Flavour) => string): Query[] {
  return flavours.map((flavour) => ({ from: oldest[flavour], flavour, sql: sqlOf(flavour) }));
}

/**
 * One row. A variable that the server does not have is null, never 0.
 * @param variables name of the status variable by column
 * @param more expressions by column; `s` is the row of the variables
 */
export function statusSql(
  flavour: Flavour,
  variables: Record<string, string>,
  more: Record<string, string> = {},
): string {
  const pivot = Object.entries(variables).map(
    ([column, name]) =>
      `max(case when variable_name = '${name}' then variable_value + 0 end) as \`${column}\``,
  );
  const names = [...new Set(Object.values(variables))].map((name) => `'${name}'`);
  const inner = `select ${pivot.join(',\n      ')}
    from ${statusTable[flavour]} where variable_name in (${names.join(', ')})`;
  const outer = Object.entries(more).map(([column, sql]) => `${sql} as \`${column}\``);
  return `select ${['s.*', ...outer].join(',\n    ')}\n  from (${inner}) s`;
}

/** {@link statusSql} for both servers, with the same variables. */
export const statusQueries = (
  variables: Record<string, string>,
  more: Record<string, string> = {},
): Query[] => forBoth((flavour) => statusSql(flavour, variables, more));

/** A counter of InnoDB that is switched on, else null (information_schema.INNODB_METRICS; needs PROCESS). */
export function innodbCounter(flavour: Flavour, name: string): string {
  const on = flavour === 'mysql' ? `m.status = 'enabled'` : 'm.enabled';
  return `(select m.\`count\` from information_schema.innodb_metrics m where m.name = '${name}' and ${on})`;
}
