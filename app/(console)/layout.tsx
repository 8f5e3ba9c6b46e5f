import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import type { ReactNode } from 'react';
import { AppBar } from '@/components/layout/AppBar';
import { QueryProvider } from '@/components/layout/QueryProvider';
import { callerOfSession, sessionCookieName, sessionSecretOf } from '@/lib/auth/require-user';

/** Every page of the console. Without a session there is the sign-in form; what may be read is decided per call. */
export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const jar = await cookies();
  const secret = await sessionSecretOf(jar.get(sessionCookieName())?.value);
  const caller = secret ? await callerOfSession(secret) : null;
  if (!caller) redirect('/sign-in');
  return (
    <QueryProvider>
      <AppBar user={{ name: caller.name, role: caller.role }} />
      <main id="content">{children}</main>
    </QueryProvider>
  );
}
