/** Starts an application of tests as a process of its own, and a server that stands where ours does. */
import { spawn } from 'node:child_process';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import type { RunningApi } from '@/scripts/servers/api';

export type TracedApp = { url: string; stop(): Promise<void> };

export async function startTracedApp(
  env: Record<string, string>,
  file = 'scripts/traced-app/app.ts',
): Promise<TracedApp> {
  const child = spawn(process.execPath, ['--import', 'tsx', file], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the application ended with ${code}`)));
    child.stdout.once('data', (line) => resolve(JSON.parse(String(line)).port));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        child.removeAllListeners('exit');
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

/** The API's handlers behind a real port, as SDKs reach them; `statuses` is what they answered. */
export async function listen(api: RunningApi) {
  const statuses: number[] = [];
  const server = http.createServer(async (request, response) => {
    const given = new Request(`http://127.0.0.1${request.url}`, {
      method: 'POST',
      headers: request.headers as Record<string, string>,
      body: Readable.toWeb(request) as never,
      duplex: 'half',
    } as RequestInit);
    const route = api.routes.find(({ path }) => path === request.url);
    const answer = await route?.handlers.POST?.(given, { params: Promise.resolve({}) });
    statuses.push(answer?.status ?? 404);
    response.writeHead(answer?.status ?? 404, Object.fromEntries(answer?.headers ?? []));
    response.end(Buffer.from((await answer?.arrayBuffer()) ?? new ArrayBuffer(0)));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    statuses,
    stop: () => new Promise<void>((done) => server.close(() => done())),
  };
}
