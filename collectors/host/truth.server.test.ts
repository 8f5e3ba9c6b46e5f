/** What is said of this machine, by itself and by Debian's node_exporter, against /proc and against a known amount of work. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startNodeExporter, whyNoNodeExporter } from '@/scripts/servers/node-exporter';
import type { HostFacts } from './host-facts';
import { createHostReader } from './host-reader';
import { readHost } from './host-source';
import { readLocalHost } from './read-local-host';
import { readNodeExporter } from './read-node-exporter';

const why = await whyNoNodeExporter();
const local = async () => (await readLocalHost()) as HostFacts;

describe.skipIf(why !== null)(`node_exporter ${why ?? ''}`, () => {
  let exporter: Awaited<ReturnType<typeof startNodeExporter>>;
  let ours: [HostFacts, HostFacts];
  let theirs: HostFacts;
  beforeAll(async () => {
    exporter = await startNodeExporter();
    const first = await local();
    theirs = await readNodeExporter(exporter.url);
    ours = [first, await local()];
  });
  afterAll(() => exporter?.stop());

  /** Counters grow: what was read in between lies in between, but for what each rounds. */
  const between = (of: (facts: HostFacts) => number | null | undefined, slack = 0) => {
    const [low, value, high] = [of(ours[0]), of(theirs), of(ours[1])];
    expect(value).toEqual(expect.any(Number));
    expect(value).toBeGreaterThanOrEqual((low as number) - slack);
    expect(value).toBeLessThanOrEqual((high as number) + slack);
  };

  test('says of the CPUs what /proc says', () => {
    expect(theirs.cores).toBe(ours[0].cores);
    expect(theirs.bootedAt).toBe(ours[0].bootedAt);
    for (const mode of ['user', 'system', 'idle'] as const)
      between((facts) => facts.cpu?.[mode], 0.02 * cpus().length);
    expect(Math.abs((theirs.load.one ?? -1) - (ours[1].load.one ?? -9))).toBeLessThan(1);
  });

  test('says of memory and pressure what /proc says', () => {
    expect(theirs.memory.total).toBe(ours[0].memory.total);
    expect(theirs.memory.swapTotal).toBe(ours[0].memory.swapTotal);
    const apart = (theirs.memory.available as number) - (ours[1].memory.available as number);
    expect(Math.abs(apart)).toBeLessThan((ours[0].memory.total as number) / 20);
    between((facts) => facts.memory.majorFaults);
    for (const [name, value] of Object.entries(ours[0].pressure)) {
      const of = (facts: HostFacts) => facts.pressure[name as keyof HostFacts['pressure']];
      if (value === null) expect(of(theirs)).toBeNull();
      else between(of, 0.001);
    }
  });

  test('says of TCP what /proc says', () => {
    expect(ours[0].tcp.sent).toBeGreaterThan(0);
    for (const name of ['sent', 'retransmits', 'listenOverflows'] as const)
      between((facts) => facts.tcp[name]);
  });

  test('names the same disks, filesystems and interfaces, with the same figures', () => {
    const names = (facts: HostFacts) => ({
      disks: facts.disks.map(({ device }) => device).sort(),
      mounts: facts.filesystems.map(({ mount }) => mount).sort(),
      networks: facts.networks.map(({ device }) => device).sort(),
    });
    expect(names(theirs)).toEqual(names(ours[1]));
    for (const { device } of ours[0].disks) {
      const disk = (facts: HostFacts) => facts.disks.find((one) => one.device === device);
      between((facts) => disk(facts)?.writes);
      between((facts) => disk(facts)?.writtenBytes);
      between((facts) => disk(facts)?.busySeconds, 0.001);
    }
    for (const { mount, size, inodes } of ours[0].filesystems) {
      const found = theirs.filesystems.find((one) => one.mount === mount);
      expect([found?.size, found?.inodes]).toEqual([size, inodes]);
    }
  });

  test('is what an instance is read by that names it', async () => {
    const facts = await readHost({ host: '192.0.2.1', nodeExporterUrl: exporter.url });
    expect(facts.memory.total).toBe(ours[0].memory.total);
  });
});

test('one busy loop is one core more, not two', { timeout: 60_000 }, async () => {
  const reader = createHostReader();
  const busyCores = async (at: number) => {
    const read = reader.read(at, await local()).find(({ metric }) => metric === 'host.cpu');
    const column = (name: string) => {
      const place = read?.columns.findIndex((one) => one.name === name) ?? -1;
      return read?.rows[0]?.values[place] ?? null;
    };
    const [busy, cores] = [column('busy_ratio'), column('cores')];
    return busy === null || cores === null ? null : busy * cores;
  };
  expect(await busyCores(0)).toBeNull();
  const hog = spawn(process.execPath, ['-e', 'for(;;);'], { stdio: 'ignore' });
  const cpuOf = async () => {
    const { readFile } = await import('node:fs/promises');
    const stat = await readFile(`/proc/${hog.pid}/stat`, 'utf8');
    const words = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(words[11]) + Number(words[12])) / 100;
  };
  try {
    await sleep(1_000);
    await busyCores(10_000);
    const [begun, spent] = [performance.now(), await cpuOf()];
    await sleep(5_000);
    const busy = await busyCores(20_000);
    const own = (await cpuOf()) - spent;
    const seconds = (performance.now() - begun) / 1000;
    // The machine does other things too: never less than the loop alone, never more than there is.
    expect(busy).toBeGreaterThan((own / seconds) * 0.9);
    expect(busy).toBeLessThanOrEqual(cpus().length);
  } finally {
    hog.kill('SIGKILL');
  }
});

describe('where nothing tells of the machine', () => {
  test('it is unknown, with what would tell', async () => {
    await expect(readHost({ host: '192.0.2.1', nodeExporterUrl: null })).rejects.toMatchObject({
      code: 'no_host_source',
      message: expect.stringContaining('node_exporter'),
    });
  });

  test('an address of credentials is never asked', async () => {
    const nodeExporterUrl = 'http://169.254.169.254/latest/meta-data';
    await expect(readHost({ host: '127.0.0.1', nodeExporterUrl })).rejects.toMatchObject({
      code: 'address_refused',
    });
  });

  test.each([
    ['a redirect', 302, '', 'wrong_shape'],
    ['a page for people', 200, '<html>Sign in</html>', 'wrong_shape'],
    ['another exporter', 200, 'redis_up 1\n', 'wrong_shape'],
    ['more than is read', 200, '# '.padEnd(5 * 1024 * 1024, 'x'), 'too_much_data'],
  ])('%s is refused', async (_, status, body, code) => {
    const server = createServer((_request, response) => {
      response.writeHead(status, { location: 'http://127.0.0.1/' }).end(body);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
    await expect(readNodeExporter(url)).rejects.toMatchObject({ code });
    server.close();
    server.closeAllConnections();
  });
});
