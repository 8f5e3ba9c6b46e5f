import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { administrator } from '../e2e/sign-in';

/** The web app alone, on a store: a production build, unless `development`. */
export async function startWeb(given: {
  url: string;
  store: string;
  folder: string;
  env?: Record<string, string>;
  development?: boolean;
}): Promise<{ stop(): Promise<void> }> {
  const { email, password } = administrator();
  const args = [
    'scripts/start.mjs',
    '--role',
    'web',
    '--no-demo',
    ...(given.development ? ['--dev'] : []),
  ];
  const more = ['--port', new URL(given.url).port, '--data-dir', given.folder];
  const web = spawn(process.execPath, [...args, ...more], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      ...{ DATABASE_URL: given.store },
      ...{ YAGURA_ADMIN_EMAIL: email, YAGURA_ADMIN_PASSWORD: password },
      ...given.env,
    },
  });
  for (const until = Date.now() + 300_000; Date.now() < until; ) {
    if ((await fetch(`${given.url}/api/health`).catch(() => null))?.ok)
      return {
        async stop() {
          const ended = once(web, 'exit');
          web.kill('SIGTERM');
          await ended;
        },
      };
    if (web.exitCode !== null) throw new Error(`the web app ended with ${web.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  throw new Error('the web app was not ready within 5 minutes');
}
