import { hash, verify } from '@node-rs/argon2';

/** argon2id with 64 MiB and 3 passes: about 0.1 s of one core. */
const cost = { memoryCost: 65_536, timeCost: 3, parallelism: 1 } as const;
const most = 4;

let running = 0;
const waiting: (() => void)[] = [];

/** At most four at once: more would take the machine's memory, which is a way to attack it. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(password, cost));
}

let decoy: Promise<string> | undefined;

/** For an unknown user a decoy is verified, so that the time taken tells nothing. */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  decoy ??= hashPassword('a password nobody has');
  const against = stored ?? (await decoy);
  const right = await inTurn(() => verify(against, password).catch(() => false));
  return right && stored !== null;
}
