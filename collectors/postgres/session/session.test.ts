import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { marked, openSession } from './session';

/** A server that answers the startup message with one authentication request and keeps what it is sent. */
async function rogue(
  code: number,
  extra = Buffer.alloc(0),
): Promise<{ port: number; heard: Buffer[] }> {
  const heard: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    let started = false;
    socket
      .on('error', () => undefined)
      .on('data', (data) => {
        if (started) {
          heard.push(data);
          return;
        }
        started = true;
        const answer = Buffer.alloc(9);
        answer.write('R');
        answer.writeInt32BE(8 + extra.length, 1);
        answer.writeInt32BE(code, 5);
        socket.write(Buffer.concat([answer, extra]));
      });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, heard };
}
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const target = (port: number, more: object = {}) => ({
  host: '127.0.0.1',
  port,
  database: 'postgres',
  user: 'yagura',
  password: 'hunter2-hunter2',
  tls: 'off' as const,
  ...more,
});

describe('openSession', () => {
  it.each([
    ['cleartext', 3, Buffer.alloc(0)],
    ['md5 with a salt of its choice', 5, Buffer.from('salt')],
  ])('sends nothing to a server that asks for the password by %s', async (_, code, extra) => {
    const { port, heard } = await rogue(code, extra);
    await expect(openSession(target(port), 'yagura/test')).rejects.toMatchObject({
      code: 'weak_auth_refused',
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(Buffer.concat(heard).toString('latin1')).not.toContain('hunter2');
    expect(heard).toEqual([]);
  });

  it.each([
    '/var/run/postgresql',
    '@abstract',
    '',
    '127.0.0.1,10.0.0.1',
    '169.254.169.254',
    'fe80::1',
  ])('refuses the host "%s"', async (host) => {
    await expect(openSession(target(5432, { host }), 'x')).rejects.toMatchObject({
      code: 'address_refused',
    });
  });

  it('says that nobody listens', async () => {
    const { port } = await rogue(0);
    for (const close of closing.splice(0)) close();
    await expect(openSession(target(port), 'x')).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('says that TLS is not offered, and does not go on without it', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined).once('data', () => socket.end('N'));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    closing.push(() => server.close());
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(openSession(target(port, { tls: 'require' }), 'x')).rejects.toMatchObject({
      code: 'tls_unavailable',
    });
  });
});

describe('marked', () => {
  it('puts our mark where pg_stat_statements keeps it', () => {
    expect(marked('select 1')).toBe('select /* yagura */ 1');
    expect(marked('\n with a as (select 1) table a')).toBe(
      '\n with /* yagura */ a as (select 1) table a',
    );
  });
});
