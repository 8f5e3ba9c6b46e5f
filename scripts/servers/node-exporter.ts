/** Debian's node_exporter, fetched and unpacked without root. For tests. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { unpackDebian } from './debian-packages';
import { freePort } from './embedded';

const root = path.resolve('.cache/servers/node-exporter-1.5');

const unpacked = () =>
  unpackDebian(root, { suite: 'bookworm', packages: ['prometheus-node-exporter'] });

/** Why it cannot run here, or null: the reason of a skipped test. */
export async function whyNoNodeExporter(): Promise<string | null> {
  return unpacked().then(
    () => null,
    (error: Error) => `Debian's node_exporter: ${error.message}`,
  );
}

/** Starts it on a free port of the loopback. */
export async function startNodeExporter(): Promise<{ url: string; stop(): Promise<void> }> {
  await unpacked();
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    path.join(root, 'usr/bin/prometheus-node-exporter'),
    [`--web.listen-address=${address}`],
    { stdio: 'ignore' },
  );
  const ended = once(child, 'exit');
  const url = `http://${address}/metrics`;
  for (let left = 100; ; left--) {
    const answer = await fetch(`http://${address}/`).catch(() => null);
    if (answer?.ok) break;
    if (left === 0 || child.exitCode !== null) throw new Error('node_exporter does not start');
    await sleep(100);
  }
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
