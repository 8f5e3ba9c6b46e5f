/** E-mail against a real SMTP server. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type MailServer, sendMail } from './email';
import type { Said } from './render';
import { judge } from './retry';

let tls: { key: string; cert: string };
let folder: string;
const running: SMTPServer[] = [];
const said: Said = {
  title: 'Disk\r\nBcc: thief@evil.example\u202e is full',
  facts: [['Where', 'shop / db-1\r\n.\r\nMAIL FROM:<x@evil.example>']],
  paragraphs: ['ロック待ちがあります。'],
  links: [['Open', 'https://yagura.example.com/clusters/2']],
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'yagura-mail-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
      ...['-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert],
    ],
    { stdio: 'ignore' },
  );
  tls = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => new Promise<void>((done) => one.close(done))));
});

type Heard = {
  mails: { from: string; to: string[]; body: string; secure: boolean }[];
  logins: string[];
};

/** Takes mail on a free port of this machine. */
async function listen(options: SMTPServerOptions = {}) {
  const heard: Heard = { mails: [], logins: [] };
  const server = new SMTPServer({
    ...{ ...tls, authOptional: true, disableReverseLookup: true, logger: false },
    onAuth({ username, password }, _session, done) {
      heard.logins.push(`${username}/${password}`);
      if (password === 'right') done(null, { user: username });
      else done(new Error('no such login'));
    },
    onData(stream, { envelope, secure }, done) {
      let body = '';
      stream.on('data', (part: Buffer) => {
        body += part.toString();
      });
      stream.on('end', () => {
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        const to = envelope.rcptTo.map(({ address }) => address);
        heard.mails.push({ from, to, body, secure });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => {});
  running.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.server.address();
  return { heard, port: typeof address === 'object' ? (address?.port ?? 0) : 0 };
}
const to = (port: number, given: Partial<MailServer> = {}): MailServer => ({
  ...{ host: 'localhost', port, tls: 'none', user: null, from: 'yagura@example.com' },
  ...{ to: ['ops@example.com', 'dba@example.com'], ...given },
});
const hand = (
  server: MailServer,
  given: { password?: string; ca?: string; inside?: boolean } = {},
) =>
  sendMail(server, said, {
    ...{ password: given.password ?? 'right', deliveryId: 'D12', timeoutMs: 1000 },
    ...{ allowPrivate: given.inside ?? true, ...(given.ca ? { ca: given.ca } : {}) },
  });
const verdictOf = (answer: Awaited<ReturnType<typeof hand>>) =>
  judge(answer, { attempts: 0, plain: false, ageMs: 0 }, 0.5);

describe('a mail', () => {
  test('comes to everybody, as one message that hostile text cannot turn into two', async () => {
    const { heard, port } = await listen();
    expect(await hand(to(port))).toMatchObject({ kind: 'status', status: 250 });
    expect(heard.mails).toHaveLength(1);
    const [{ body, ...envelope }] = heard.mails as [Heard['mails'][number]];
    expect(envelope).toEqual({
      ...{ from: 'yagura@example.com', to: ['ops@example.com', 'dba@example.com'], secure: false },
    });
    const [head = ''] = body.split('\r\n\r\n');
    expect(head).not.toMatch(/^bcc:/im);
    expect(head).toMatch(/^Message-ID: <D12\.yagura@example\.com>$/im);
    expect(head).toMatch(/^Auto-Submitted: auto-generated$/im);
  });
  test.each(['implicit', 'starttls'] as const)('%s: by TLS, signed in', async (mode) => {
    const { heard, port } = await listen({ secure: mode === 'implicit' });
    const server = to(port, { tls: mode, user: 'yagura' });
    expect(await hand(server, { ca: tls.cert })).toMatchObject({ status: 250 });
    expect(heard.logins).toEqual(['yagura/right']);
    expect(heard.mails.map(({ secure }) => secure)).toEqual([true]);
  });
});

describe('nothing is said', () => {
  test.each(['implicit', 'starttls'] as const)(
    '%s: to a certificate nobody vouches for',
    async (mode) => {
      const { heard, port } = await listen({ secure: mode === 'implicit' });
      const answer = await hand(to(port, { tls: mode, user: 'yagura' }));
      expect(verdictOf(answer)).toEqual({ kind: 'dead', channelBroken: true });
      expect(heard).toEqual({ mails: [], logins: [] });
    },
  );
  test('to a server that was stripped of STARTTLS', async () => {
    const { heard, port } = await listen({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'] });
    const answer = await hand(to(port, { tls: 'starttls', user: 'yagura' }), { ca: tls.cert });
    expect(verdictOf(answer)).toEqual({ kind: 'dead', channelBroken: true });
    expect(heard).toEqual({ mails: [], logins: [] });
  });
  test('inside the network without leave, or a password without TLS', async () => {
    const { heard, port } = await listen();
    expect(await hand(to(port, { tls: 'starttls' }), { inside: false })).toMatchObject({
      ...{ kind: 'failed', reason: 'private', ambiguous: false },
    });
    expect(await hand(to(port, { user: 'yagura' }))).toMatchObject({ status: 403 });
    expect(heard).toEqual({ mails: [], logins: [] });
  });
});

describe('what is not taken', () => {
  test('a wrong login breaks the channel', async () => {
    const { port } = await listen();
    const server = to(port, { tls: 'starttls', user: 'yagura' });
    const answer = await hand(server, { ca: tls.cert, password: 'wrong' });
    expect(verdictOf(answer)).toEqual({ kind: 'dead', channelBroken: true });
  });
  test.each([
    [451, { kind: 'later', counted: true }],
    [550, { kind: 'dead', channelBroken: true }],
  ])('%i', async (responseCode, expected) => {
    const { port } = await listen({
      onMailFrom: (_address, _session, done) =>
        done(Object.assign(new Error('not now'), { responseCode })),
    });
    expect(verdictOf(await hand(to(port)))).toMatchObject(expected);
  });
  test('silence after the content leaves open whether it was taken', async () => {
    const { port } = await listen({ onData: (stream) => void stream.resume() });
    expect(await hand(to(port))).toMatchObject({ kind: 'failed', ambiguous: true });
  });
  test('nobody at the port is tried again', async () => {
    const { port } = await listen();
    await new Promise<void>((done) => running.pop()?.close(done));
    expect(verdictOf(await hand(to(port)))).toMatchObject({ kind: 'later' });
  });
});
