/** For tests: runs the launcher as a person does, and looks for what it leaves behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

export type Launched = {
  child: ChildProcess;
  pid: number;
  output(): string;
  /** Resolves when the text was printed. @throws with the output when the process ends or time is up */
  saw(text: string, timeoutMs?: number): Promise<void>;
  /** The exit code, null when a signal ended it. */
  ended: Promise<number | null>;
};

const inherited = ['PATH', 'HOME', 'LANG', 'TMPDIR'];

/** Starts `command` in the project's folder with a clean environment, in a process group of its own. */
export function launched(
  command: readonly string[],
  env: Record<string, string> = {},
  as: { uid?: number; gid?: number } = {},
): Launched {
  const own = Object.fromEntries(
    inherited.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    env: { ...own, ...env } as unknown as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...as,
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      text += chunk;
    });
  let over = false;
  const ended = new Promise<number | null>((resolve) =>
    child.once('exit', (code) => {
      over = true;
      resolve(code);
    }),
  );
  return {
    child,
    pid: child.pid ?? 0,
    output: () => text,
    ended,
    async saw(wanted, timeoutMs = 60_000) {
      for (const deadline = Date.now() + timeoutMs; !text.includes(wanted); await sleep(30))
        if (over || Date.now() > deadline)
          throw new Error(`"${wanted}" was not printed; the output was:\n${text}`);
    },
  };
}

type Process = { pid: number; parent: number; command: string };

/** Every process of the machine that this user may look at, with its words. */
async function processes(): Promise<(Process & { environment: string })[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const read = (pid: number, file: string) =>
    readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
  return Promise.all(
    pids.map(async (pid) => ({
      pid,
      parent: Number((await read(pid, 'stat')).split(') ')[1]?.split(' ')[1] ?? 0),
      command: (await read(pid, 'cmdline')).replaceAll('\0', ' '),
      environment: await read(pid, 'environ'),
    })),
  );
}

/** Processes that carry this data folder in their command or environment. */
export async function processesOf(dataDir: string): Promise<string[]> {
  return (await processes())
    .filter((one) => one.command.includes(dataDir) || one.environment.includes(dataDir))
    .map((one) => `${one.pid} ${one.command}`);
}

/** The part of the launcher whose command matches. */
export async function partOf(launcher: number, command: RegExp): Promise<number | null> {
  const found = (await processes()).find(
    (one) => one.parent === launcher && command.test(one.command),
  );
  return found?.pid ?? null;
}

/** Waits for something to become true. @throws naming it when it does not in time */
export async function until(
  what: string,
  holds: () => Promise<boolean>,
  timeoutMs = 30_000,
): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; ; await sleep(100)) {
    if (await holds().catch(() => false)) return;
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
  }
}
