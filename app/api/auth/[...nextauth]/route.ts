import NextAuth from 'next-auth';
import { authOptions } from '@/lib/auth/sign-in';

type Context = { params: Promise<{ nextauth: string[] }> };

/** next-auth's own protocol: sign-in form, cookie, sign-out. */
async function handler(request: Request, context: Context): Promise<Response> {
  return NextAuth(request as never, context as never, authOptions()) as Promise<Response>;
}

export { handler as GET, handler as POST };
