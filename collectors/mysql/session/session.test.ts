import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Failure } from '@/collectors/run/failure';
import { seededRandom } from '@/demo/rhythm';
import { guardedPlugins } from './auth-plugins';
import { marked, openSession, readVersion } from './session';

const packet = (sequence: number, ...parts: Buffer[]) => {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(4);
  head.writeUIntLE(body.length, 0, 3);
  head[3] = sequence;
  return Buffer.concat([head, body]);
};
const zeroed = (text: string) => Buffer.from(`${text}\0`);

/** The first packet of protocol version 10, of a server without TLS. */
function greeting(plugin: string): Buffer {
  const capabilities = 0x0200 | 0x8000 | 0x80000 | 0x0008;
  const low = Buffer.alloc(2);
  low.writeUInt16LE(capabilities & 0xffff);
  const high = Buffer.alloc(2);
  high.writeUInt16LE(capabilities >>> 16);
  return packet(
    0,
    Buffer.from([10]),
    zeroed('8.4.3'),
    Buffer.from([1, 0, 0, 0]),
    Buffer.from('12345678\0', 'latin1'),
    low,
    Buffer.from([255, 2, 0]),
    high,
    Buffer.from([21]),
    Buffer.alloc(10),
    zeroed('abcdefghijkl'),
    zeroed(plugin),
  );
}
const okPacket = (sequence: number) => packet(sequence, Buffer.from([0, 0, 0, 2, 0, 0, 0]));

/** A server that answers the client's packets with these, in their order, and keeps what it is sent. */
async function rogue(plugin: string, answers: Buffer[]) {
  const heard: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    const left = [...answers];
    socket
      .on('error', () => undefined)
      .on('data', (data) => {
        heard.push(data);
        const next = left.shift();
        if (next) socket.write(next);
      });
    socket.write(greeting(plugin));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { port, text: () => Buffer.concat(heard).toString('latin1') };
}
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});
const target = (port: number, more: object = {}) => ({
  ...{ host: '127.0.0.1', port, database: '', user: 'yagura', password: 'hunter2-hunter2' },
  tls: 'off' as const,
  ...more,
});

describe('openSession', () => {
  it.each(['mysql_clear_password', 'sha256_password', 'dialog', 'made_up_by_the_server'])(
    'sends no password to a server that switches to %s',
    async (plugin) => {
      const change = packet(2, Buffer.from([0xfe]), zeroed(plugin), zeroed('abcdefghijklmnopqrst'));
      const { port, text } = await rogue('mysql_native_password', [change]);
      await expect(openSession(target(port), 'yagura/test')).rejects.toMatchObject({
        code: plugin.startsWith('made') ? 'auth_failed' : 'weak_auth_refused',
      });
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(text()).toContain('yagura');
      expect(text()).not.toContain('hunter2');
    },
  );

  it.each(['mysql_clear_password', 'sha256_password'])(
    'nor to one that begins with %s',
    async (plugin) => {
      const change = packet(2, Buffer.from([0xfe]), zeroed(plugin), zeroed('abcdefghijklmnopqrst'));
      const { port, text } = await rogue(plugin, [change]);
      await expect(openSession(target(port), 'x')).rejects.toMatchObject({
        code: 'weak_auth_refused',
      });
      expect(text()).not.toContain('hunter2');
    },
  );

  it('gives no file to a server that asks for one', async () => {
    const wantsFile = packet(1, Buffer.from([0xfb]), Buffer.from('/etc/passwd'));
    const { port, text } = await rogue('mysql_native_password', [
      okPacket(2),
      wantsFile,
      okPacket(3),
    ]);
    await expect(openSession(target(port), 'x')).rejects.toThrow(/LOCAL INFILE/);
    expect(text()).not.toContain('root:');
  });

  it('takes anything at all from a server for a failure, never for a crash', async () => {
    const random = seededRandom(7);
    const bytes = (length: number) =>
      Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
    for (let round = 0; round < 100; round++) {
      const login = round % 3 === 0 ? [] : [okPacket(2)];
      const sent = packet(login.length === 0 ? 2 : 1, bytes(Math.floor(random() * 60)));
      const more = packet(2, bytes(20));
      const server = createServer((socket) => {
        const left = [...login, sent, more];
        socket
          .on('error', () => undefined)
          .on('data', () => {
            const next = left.shift();
            if (left.length === 0) socket.end(next ?? '');
            else if (next) socket.write(next);
          });
        socket.write(greeting('mysql_native_password'));
        setTimeout(() => socket.end(), 15);
      });
      await new Promise<void>((resolve) => {
        server.listen(0, '127.0.0.1', resolve);
      });
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const outcome = await openSession(target(port), 'x').catch((error: unknown) => error);
      expect(outcome, `round ${round}`).toBeInstanceOf(Failure);
      server.close();
    }
  }, 30_000);

  it('says that TLS is not offered, and does not go on without it', async () => {
    const { port, text } = await rogue('mysql_native_password', [okPacket(2)]);
    await expect(openSession(target(port, { tls: 'require' }), 'x')).rejects.toMatchObject({
      code: 'tls_unavailable',
    });
    expect(text()).toBe('');
  });

  it.each(['/run/mysqld/mysqld.sock', '', '127.0.0.1,10.0.0.1', '169.254.169.254', 'fe80::1'])(
    'refuses the host "%s"',
    async (host) => {
      await expect(openSession(target(3306, { host }), 'x')).rejects.toMatchObject({
        code: 'address_refused',
      });
    },
  );

  it('says that nobody listens', async () => {
    const { port } = await rogue('mysql_native_password', []);
    for (const close of closing.splice(0)) close();
    await expect(openSession(target(port), 'x')).rejects.toMatchObject({ code: 'unreachable' });
  });
});

describe('guardedPlugins', () => {
  const asked = (tls: 'off' | 'require', address: string) => {
    const refused: string[] = [];
    const plugins = guardedPlugins(tls, address, ({ code }) => refused.push(code));
    const plugin = plugins.caching_sha2_password;
    if (!plugin) return { refused, guarded: false };
    const connection = { config: { password: 'hunter2' } } as never;
    const answer = plugin({ connection, command: '' } as never);
    answer(Buffer.from('abcdefghijklmnopqrst\0'));
    expect(() => answer(Buffer.from([4]))).toThrow();
    return { refused, guarded: true };
  };

  it('keeps the whole password from a far server without TLS', () => {
    expect(asked('off', '10.0.0.5')).toEqual({ refused: ['weak_auth_refused'], guarded: true });
    expect(asked('off', '2001:db8::1').guarded).toBe(true);
  });

  it('lets the default method be used inside TLS and on this machine', () => {
    expect(asked('require', '10.0.0.5').guarded).toBe(false);
    expect(asked('off', '127.0.0.1').guarded).toBe(false);
    expect(asked('off', '::1').guarded).toBe(false);
  });
});

describe('readVersion', () => {
  it.each([
    ['8.0.36', 'mysql', 800],
    ['8.4.3-commercial', 'mysql', 804],
    ['9.7.4', 'mysql', 907],
    ['8.0.36-28', 'mysql', 800],
    ['10.11.18-MariaDB-0+deb12u1', 'mariadb', 1011],
    ['5.5.5-10.6.12-MariaDB', 'mariadb', 1006],
    ['11.4.2-MariaDB-log', 'mariadb', 1104],
    ['no version', 'mysql', 0],
  ])('%s', (text, flavour, version) => {
    expect(readVersion(text)).toEqual({ flavour, version });
  });
});

describe('marked', () => {
  it('puts our mark after the first word', () => {
    expect(marked('select 1')).toBe('select /* yagura */ 1');
    expect(marked('\n show replica status')).toBe('\n show /* yagura */ replica status');
  });
});
