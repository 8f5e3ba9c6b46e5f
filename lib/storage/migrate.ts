/** Brings the store's tables up to date with prisma/migrations, without Prisma's native engine. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import pg from 'pg';

const oldestServer = 140000;
/** Any number of processes may start at once: this advisory lock lets one migrate and the others wait. */
const migrationLock = 7_274_615;

type Engine = {
  applyMigrations(input: unknown): Promise<{ appliedMigrationNames: string[] }>;
};

/**
 * Applies pending migrations; calling it again changes nothing.
 * @returns names of the migrations applied now
 * @throws with one clear sentence when the server cannot be reached or is older than PostgreSQL 14
 */
export async function migrate(url: string, folder = 'prisma'): Promise<{ applied: string[] }> {
  const guard = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  guard.on('error', () => {});
  await guard.connect();
  // Our own pool, ended below: one the engine keeps would hold its migration lock until idle, and others would wait.
  const work = new pg.Pool({ connectionString: url, max: 2 });
  work.on('error', () => {});
  try {
    const { rows } = await guard.query<{ version: number; text: string }>(
      `select current_setting('server_version_num')::int as version, current_setting('server_version') as text`,
    );
    const server = rows[0];
    if (!server || server.version < oldestServer)
      throw new Error(`the store needs PostgreSQL 14 or newer, this one is ${server?.text}`);
    await guard.query('select pg_advisory_lock($1)', [migrationLock]);
    const engine = await loadEngine(
      work,
      await readFile(path.join(folder, 'schema.prisma'), 'utf8'),
    );
    const done = await engine.applyMigrations({
      migrationsList: await readMigrations(path.join(folder, 'migrations')),
      filters: { externalTables: [], externalEnums: [] },
    });
    return { applied: done.appliedMigrationNames };
  } finally {
    await work.end();
    await guard.end();
  }
}

async function readMigrations(baseDir: string) {
  const names = (await readdir(baseDir, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  const migrationDirectories = await Promise.all(
    names.map(async (name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: {
          tag: 'ok',
          value: await readFile(path.join(baseDir, name, 'migration.sql'), 'utf8'),
        },
      },
    })),
  );
  const lockfile = 'migration_lock.toml';
  const content = await readFile(path.join(baseDir, lockfile), 'utf8');
  return {
    baseDir,
    lockfile: { path: lockfile, content },
    shadowDbInitScript: '',
    migrationDirectories,
  };
}

type Glue = {
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
  SchemaEngine: { new: (...input: unknown[]) => Promise<Engine> };
};
let loaded: Promise<Glue> | undefined;

/** The schema engine as WASM, the same code as the native one. Instantiated once: its glue holds one instance. */
async function loadGlue(): Promise<Glue> {
  const folder = path.resolve('node_modules/@prisma/schema-engine-wasm');
  const glue = (await import(/* webpackIgnore: true */ `${folder}/schema_engine_bg.js`)) as Glue;
  const module = await WebAssembly.compile(
    await readFile(path.join(folder, 'schema_engine_bg.wasm')),
  );
  const instance = await WebAssembly.instantiate(module, {
    './schema_engine_bg.js': glue as unknown as WebAssembly.ModuleImports,
  });
  glue.__wbg_set_wasm(instance.exports);
  (instance.exports as { __wbindgen_start?: () => void }).__wbindgen_start?.();
  return glue;
}

async function loadEngine(work: pg.Pool, datamodel: string): Promise<Engine> {
  loaded ??= loadGlue();
  return (await loaded).SchemaEngine.new(
    { datamodels: [['schema.prisma', datamodel]] },
    () => {},
    bindMigrationAwareSqlAdapterFactory(new PrismaPg(work)),
  );
}
