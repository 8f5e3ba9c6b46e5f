/** E-mail as a channel: its password is sealed, goes only where it was given for, and the test takes the way of alerts. */
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deliver } from '@/lib/notify/deliver';
import { open } from '@/lib/secret/open';
import { type RunningApi, startApi } from '@/scripts/servers/api';

const rootKey = 'k'.repeat(43);
let api: RunningApi;
const smtp = {
  ...{ host: 'mail.example.com', port: 587, tls: 'starttls', user: 'yagura' },
  ...{ from: 'yagura@example.com', to: ['ops@example.com'] },
};
const channel = { name: 'mail', kind: 'email', smtp, key: 'CANARY-7f3a' };

beforeAll(async () => {
  api = await startApi(rootKey);
});
afterAll(() => api?.stop());

async function call(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown) {
  const answer = await api.call(method, `/api/v1${path}`, body === undefined ? {} : { body });
  const text = await answer.text();
  return { status: answer.status, text, body: text === '' ? null : JSON.parse(text) };
}
const secretOf = ({ id, secret }: { id: number; secret: string | null }) =>
  JSON.parse(open(rootKey, secret ?? '', { table: 'channel', row: String(id), column: 'secret' }));

test('a password is given back by nothing, and given again for another server', async () => {
  const made = await call('POST', '/channels', channel);
  expect(made).toMatchObject({ status: 201, body: { kind: 'email', smtp, secret_stored: true } });
  const path = `/channels/${made.body.id}`;
  const later = await call('PATCH', path, { smtp: { ...smtp, to: ['dba@example.com'] } });
  expect(later.body.smtp.to).toEqual(['dba@example.com']);
  const moved = { smtp: { ...smtp, host: 'evil.example' } };
  const refused = await call('PATCH', path, moved);
  expect([refused.status, Object.keys(refused.body.error.details.fields)]).toEqual([422, ['key']]);
  const { rows } = await api.db.query('select id, secret, settings from channel');
  expect([secretOf(rows[0]), rows[0].settings.smtp.host]).toEqual([
    { key: channel.key },
    smtp.host,
  ]);
  expect((await call('PATCH', path, { ...moved, key: 'new' })).status).toBe(200);
  const rest = [later, await call('GET', '/channels'), await call('GET', '/audit')];
  for (const { text } of [made, refused, ...rest]) expect(text).not.toContain('CANARY');
  await call('DELETE', path);
});

test.each([
  [{ smtp: undefined }, 'smtp'],
  [{ key: undefined }, 'key'],
  [{ smtp: { ...smtp, host: 'smtp://x@y' } }, 'smtp.host'],
  [{ smtp: { ...smtp, port: 0 } }, 'smtp.port'],
  [{ smtp: { ...smtp, tls: 'none' } }, 'smtp.tls'],
  [{ smtp: { ...smtp, tls: 'none', user: null } }, 'smtp.tls'],
  [{ smtp: { ...smtp, from: 'a@b.example\r\nBcc: c@d.example' } }, 'smtp.from'],
  [{ smtp: { ...smtp, to: [] } }, 'smtp.to'],
  [{ smtp: { ...smtp, to: ['ops'] } }, 'smtp.to.0'],
])('%j is refused by its field', async (change, field) => {
  const answer = await call('POST', '/channels', { ...channel, ...change });
  expect(answer.status).toBe(422);
  expect(Object.keys(answer.body.error.details.fields)).toEqual([field]);
});

test('the test of a channel comes as mail', async () => {
  const mails: string[] = [];
  const server = new SMTPServer({
    ...{ authOptional: true, disabledCommands: ['STARTTLS', 'AUTH'], logger: false },
    onData(stream, _session, done) {
      let body = '';
      stream.on('data', (part: Buffer) => {
        body += part.toString();
      });
      stream.on('end', () => {
        mails.push(body);
        done();
      });
    },
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const made = await call('POST', '/channels', {
    ...{ name: 'inside', kind: 'email', allow_private: true },
    smtp: { ...smtp, host: '127.0.0.1', port, tls: 'none', user: null },
  });
  const delivering = setInterval(
    () =>
      void deliver(api.db, {
        ...{ owner: 'test', baseUrl: null, log: () => undefined, gapMs: 0 },
        openSecret: (one) => (one.secret === null ? {} : secretOf(one)),
      }),
    50,
  );
  const answer = await call('POST', `/channels/${made.body.id}/test`);
  clearInterval(delivering);
  await new Promise<void>((done) => server.close(done));
  expect(answer.body).toMatchObject({ ok: true, state: 'sent', status: 250 });
  expect(mails).toHaveLength(1);
  expect(mails[0]).toContain('Subject: Test of the channel');
});
