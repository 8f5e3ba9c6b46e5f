import path from 'node:path';

export type LaunchOptions = {
  port: number;
  host: string;
  dataDir: string;
  demo: boolean;
  role: 'web' | 'collector' | 'all';
  development: boolean;
  databaseUrl: string | null;
};

const flags = new Set(['--port', '--host', '--data-dir', '--role', '--no-demo', '--dev']);

/** Flags win over variables. @throws one sentence that names the flag or variable */
export function readOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): LaunchOptions {
  const given = new Map<string, string>();
  for (let index = 0; index < args.length; index++) {
    const [flag = '', inline] = (args[index] ?? '').split(/=(.*)/s);
    if (!flags.has(flag))
      throw new Error(`${flag} is not a flag. There are ${[...flags].join(', ')}.`);
    if (flag === '--no-demo' || flag === '--dev') {
      given.set(flag, 'yes');
      continue;
    }
    const value = inline ?? args[++index];
    if (value === undefined || value === '' || value.startsWith('--'))
      throw new Error(`${flag} needs a value.`);
    given.set(flag, value);
  }
  const pick = (flag: string, variable: string) => {
    const value = given.get(flag) ?? (env[variable] || undefined);
    return { value, name: given.has(flag) ? flag : variable };
  };
  const port = pick('--port', 'PORT');
  if (
    port.value !== undefined &&
    (!/^\d{1,5}$/.test(port.value) || Number(port.value) < 1 || Number(port.value) > 65535)
  )
    throw new Error(
      `${port.name} must be a port from 1 to 65535, not ${JSON.stringify(port.value)}.`,
    );
  const role = given.get('--role') ?? 'all';
  if (role !== 'web' && role !== 'collector' && role !== 'all')
    throw new Error(`--role must be web, collector or all, not ${JSON.stringify(role)}.`);
  const demo = env.YAGURA_DEMO;
  if (demo && demo !== 'on' && demo !== 'off')
    throw new Error(`YAGURA_DEMO must be on or off, not ${JSON.stringify(demo)}.`);
  const databaseUrl = env.DATABASE_URL || null;
  if (databaseUrl && !/^postgres(ql)?:\/\//.test(databaseUrl))
    throw new Error('DATABASE_URL must begin with postgres:// or postgresql://.');
  if (role !== 'all' && !databaseUrl)
    throw new Error(
      `--role ${role} needs DATABASE_URL: half of Yagura cannot keep the store of the other half.`,
    );
  return {
    port: Number(port.value ?? 3000),
    host: pick('--host', 'HOST').value ?? '127.0.0.1',
    dataDir: path.resolve(pick('--data-dir', 'YAGURA_DATA_DIR').value ?? '.yagura'),
    demo: !given.has('--no-demo') && demo !== 'off' && role === 'all',
    role,
    development: given.has('--dev'),
    databaseUrl,
  };
}
