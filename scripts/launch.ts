/** Starts and stops all of Yagura: the store, its migrations, the collectors, the web app, the demo fleet. */
import { hkdfSync } from 'node:crypto';
import { createServer } from 'node:net';
import path from 'node:path';
import { bootstrap } from '@/lib/auth/bootstrap';
import { publishPublicKey } from '@/lib/secret/keys';
import { migrate } from '@/lib/storage/migrate';
import { openPool } from '@/lib/storage/pool';
import { type Child, keepRunning } from './child';
import { claimDataFolder, readRootKey } from './data-folder';
import { type LaunchOptions, readOptions } from './read-options';
import { type RunningPostgres, startPostgres } from './servers/embedded';

const say = (line: string) => console.log(`yagura: ${line}`);
const env = process.env;

let stopping = false;
let store: RunningPostgres | null = null;
const children: Child[] = [];
let release = () => {};

async function main() {
  const options = readOptions(process.argv.slice(2), env);
  if (options.role !== 'collector') await requirePort(options);
  release = claimDataFolder(options.dataDir);
  const rootKey = readRootKey(options.dataDir, env.YAGURA_SECRET_KEY);
  const url = options.databaseUrl ?? (await startStore(options));
  await migrateStore(url, options);
  const signInPath = await prepareAccess(url, rootKey);
  if (stopping) return;
  startChildren(options, url, rootKey);
  if (options.role === 'collector') return say('collecting');
  const address = `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${options.port}`;
  const serving = await untilServing(options);
  if (stopping) return;
  if (!serving) return say(`the web app does not answer at ${address}; the lines above say why`);
  say(`ready at ${address}`);
  if (signInPath)
    say(`sign in for the first time (this link works once, for 24 hours): ${address}${signInPath}`);
}

async function startStore(options: LaunchOptions): Promise<string> {
  say('starting the store …');
  store = await startPostgres({
    dataDir: path.join(options.dataDir, 'store'),
    settings: {
      shared_buffers: '128MB',
      max_connections: '60',
      max_wal_size: '512MB',
      jit: 'off',
      log_min_messages: 'fatal',
    },
  });
  void watchStore(store);
  return store.url('postgres');
}

/** The embedded server that ends unwanted (killed, out of memory) is started again; nothing that was committed is lost. */
async function watchStore(server: RunningPostgres) {
  for (;;) {
    await server.ended();
    if (stopping) return;
    say('the store ended; starting it again');
    for (let waitMs = 200; ; waitMs = Math.min(10_000, waitMs * 2)) {
      try {
        await server.restart();
        break;
      } catch (error) {
        if (stopping) return;
        say(`the store does not start: ${(error as Error).message}`);
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
  }
}

async function migrateStore(url: string, options: LaunchOptions) {
  try {
    const { applied } = await migrate(url);
    if (applied.length > 0) say(`store prepared (${applied.length} migrations)`);
  } catch (error) {
    if (!options.databaseUrl) throw error;
    throw new Error(`The store named by DATABASE_URL cannot be used: ${reasonOf(error)}.`);
  }
}

async function prepareAccess(url: string, rootKey: string) {
  const db = openPool(url, 1);
  try {
    await publishPublicKey(db, rootKey); // Refuses a key that the stored secrets do not belong to.
    const { signInPath } = await bootstrap(db, {
      adminEmail: env.YAGURA_ADMIN_EMAIL,
      adminPassword: env.YAGURA_ADMIN_PASSWORD,
      apiToken: env.YAGURA_API_TOKEN,
    });
    return signInPath;
  } finally {
    await db.end();
  }
}

function startChildren(options: LaunchOptions, url: string, rootKey: string) {
  // Each part gets what it needs and no more: the web process cannot open secrets.
  const {
    YAGURA_SECRET_KEY: _key,
    YAGURA_ADMIN_PASSWORD: _password,
    YAGURA_API_TOKEN: _token,
    NEXTAUTH_SECRET: _secret,
    ...rest
  } = env;
  const common = { ...rest, DATABASE_URL: url, YAGURA_DATA_DIR: options.dataDir };
  const typescript = ['--import', 'tsx'];
  const port = String(options.port);
  const reached = env.NEXTAUTH_URL === undefined ? 'directly' : 'by-proxy';
  const add = (name: string, args: string[], extra: Record<string, string>) =>
    children.push(
      keepRunning({
        name,
        args,
        env: { ...common, ...extra },
        mayFinish: name === 'demo',
        log: say,
      }),
    );
  if (options.role !== 'web')
    add('collector', [...typescript, 'collectors/main.ts'], {
      YAGURA_SECRET_KEY: rootKey,
      // For the links in messages; a collector by itself knows no address of the console.
      ...(options.role === 'all' && !env.NEXTAUTH_URL
        ? { NEXTAUTH_URL: `http://${options.host}:${options.port}` }
        : {}),
    });
  if (options.role !== 'collector')
    add(
      'web',
      [
        ...['--require', './scripts/die-with-parent.cjs'],
        ...(options.development
          ? ['node_modules/next/dist/bin/next', 'dev', '--port', port, '--hostname', options.host]
          : [...typescript, 'scripts/next-server.ts', options.host, port, reached]),
      ],
      {
        NODE_ENV: options.development ? 'development' : 'production',
        NEXT_TELEMETRY_DISABLED: '1',
        NEXTAUTH_URL: env.NEXTAUTH_URL ?? `http://${options.host}:${options.port}`,
        NEXTAUTH_SECRET: Buffer.from(
          hkdfSync('sha256', rootKey, '', 'yagura session cookie v1', 32),
        ).toString('base64url'),
      },
    );
  if (options.demo)
    add('demo', [...typescript, 'demo/main.ts'], { YAGURA_URL: addressOf(options) });
}

function requirePort({ port, host }: LaunchOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new Error(
          error.code === 'EADDRINUSE'
            ? `Port ${port} on ${host} is in use. Choose another with --port.`
            : `Cannot listen on ${host}:${port} (${error.code}).`,
        ),
      ),
    );
    probe.listen(port, host, () => probe.close(() => resolve()));
  });
}

/** As this machine reaches the web app. */
function addressOf({ port, host }: Pick<LaunchOptions, 'port' | 'host'>): string {
  const at = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host;
  return `http://${at}:${port}`;
}

async function untilServing({ port, host }: LaunchOptions): Promise<boolean> {
  for (const deadline = Date.now() + 120_000; Date.now() < deadline && !stopping; ) {
    const answer = await fetch(`${addressOf({ host, port })}/api/health`).catch(() => null);
    if (answer?.ok) return true;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  return false;
}

async function stop(code: number) {
  if (stopping) return;
  stopping = true;
  // Whoever writes last stops last: web and demo first, then the collector, then the store.
  await Promise.all(children.filter((one) => one.name !== 'collector').map((one) => one.stop()));
  await Promise.all(children.map((one) => one.stop()));
  await store?.stop();
  release();
  process.exit(code);
}

/** A sentence without the address's password. */
function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: string; message: string };
  const known: Record<string, string> = {
    ECONNREFUSED: 'nothing answers there',
    ENOTFOUND: 'its host name is not known',
    '28P01': 'the password is wrong',
    '28000': 'the login is refused',
    '3D000': 'the database does not exist',
  };
  return (
    known[code ?? ''] ??
    (message || code || 'unknown').replace(/postgres(ql)?:\/\/\S+/g, '…').replace(/\.$/, '')
  );
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    say('stopping …');
    void stop(0);
  });

main().catch((error: Error) => {
  say(error.message);
  void stop(1);
});
