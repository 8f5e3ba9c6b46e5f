import { NextRequest } from 'next/server';
import NextAuth from 'next-auth';
import { refuseOtherSites } from '@/lib/auth/require-user';
import { errorResponse, readForm } from '@/lib/auth/route';
import { authOptions } from '@/lib/auth/sign-in';

type Context = { params: Promise<{ nextauth: string[] }> };

/** next-auth's own protocol: sign-in form, cookie, sign-out. */
async function answer(request: Request, context: Context): Promise<Response> {
  return NextAuth(request as never, context as never, authOptions()) as Promise<Response>;
}

export async function GET(request: Request, context: Context): Promise<Response> {
  return answer(request, context).catch(errorResponse);
}

/** What next-auth would fail on is refused before it: its forms are small, of one type, and sent by our own pages. */
export async function POST(request: Request, context: Context): Promise<Response> {
  try {
    const { headers, method, url } = request;
    if (headers.has('origin') || headers.has('sec-fetch-site')) refuseOtherSites(request);
    const body = await readForm(request);
    return await answer(new NextRequest(url, { method, headers, body }), context);
  } catch (error) {
    return errorResponse(error);
  }
}
