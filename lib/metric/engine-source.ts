/** Which definitions are for which engine. Pure. */
import type { Engine } from './define-metric';

/** The engine whose definitions an instance is read by: MariaDB is read by those of MySQL. */
export function definitionEngine(engine: string): string {
  return engine === 'mariadb' ? 'mysql' : engine;
}

export const engineName: Record<Engine, string> = {
  postgres: 'PostgreSQL',
  mysql: 'MySQL',
  mariadb: 'MariaDB',
};

/** `MariaDB` of `mariadb`; an engine this version does not know is given as it is. */
export const nameOfEngine = (engine: string): string =>
  Object.hasOwn(engineName, engine) ? engineName[engine as Engine] : engine;

/** Where a server of each engine usually listens, and a database that is always there for the login that watches. */
export const engineDefaults = {
  postgres: { port: 5432, database: 'postgres' },
  mysql: { port: 3306, database: 'performance_schema' },
  mariadb: { port: 3306, database: 'performance_schema' },
} as const;

/** `PostgreSQL 15`, `MySQL 8.4`, `MariaDB 10.11`: the release a query is for, from its `from`. */
export function releaseName(query: { from: number; flavour?: string | undefined }): string {
  const { from, flavour } = query;
  if (flavour !== 'mysql' && flavour !== 'mariadb') return `PostgreSQL ${from}`;
  return `${engineName[flavour]} ${Math.floor(from / 100)}.${from % 100}`;
}
