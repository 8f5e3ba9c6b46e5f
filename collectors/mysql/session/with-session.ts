import type { Target } from '@/collectors/run/engine';
import { openSession, type Session } from './session';

/** Connects, works, and closes; the signal cuts it short. @throws Failure, and what the work throws */
export async function withSession<T>(
  target: Target,
  applicationName: string,
  signal: AbortSignal,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await openSession(target, applicationName);
  const cut = () => void session.close();
  signal.addEventListener('abort', cut, { once: true });
  try {
    return await work(session);
  } finally {
    signal.removeEventListener('abort', cut);
    await session.close();
  }
}
