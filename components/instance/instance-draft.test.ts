import { describe, expect, it } from 'vitest';
import {
  emptyDraft,
  explainPasswordNeededAgain,
  labelsOf,
  passwordNeededAgain,
  problemsOf,
  withEngine,
} from './instance-draft';

const filled = {
  ...emptyDraft,
  name: 'shop-db-1',
  cluster: 'shop',
  host: 'db1.example.com',
  password: 'secret',
};
const stored = {
  host: filled.host,
  port: filled.port,
  user: filled.user,
  tls: filled.tls,
  explainUser: '',
};

describe('problemsOf', () => {
  it('accepts a filled form', () => {
    expect(problemsOf(filled, null)).toEqual({});
  });

  it('names each empty field', () => {
    expect(Object.keys(problemsOf(emptyDraft, null))).toEqual([
      'name',
      'cluster',
      'host',
      'password',
    ]);
  });

  it.each(['db1:9100', 'file:///etc/passwd', 'http://', 'http://me:secret@db1:9100/metrics'])(
    'refuses %s as an address to read the machine from',
    (nodeExporterUrl) => {
      expect(problemsOf({ ...filled, nodeExporterUrl }, null)).toEqual({
        nodeExporterUrl: 'notHttp',
      });
    },
  );

  it('takes an address of node_exporter', () => {
    const nodeExporterUrl = ' http://db1.example:9100/metrics ';
    expect(problemsOf({ ...filled, nodeExporterUrl }, null)).toEqual({});
  });

  it.each(['0', '65536', '1.5', 'abc', '-1', '5432; drop'])('refuses port %s', (port) => {
    expect(problemsOf({ ...filled, port }, null)).toEqual({ port: 'portRange' });
  });

  it.each(['postgres://u:p@h/db', '/var/run/postgresql', 'user@host', 'a b'])(
    'refuses %s as a host',
    (host) => {
      expect(problemsOf({ ...filled, host }, null)).toEqual({ host: 'hostIsUrl' });
    },
  );

  it('asks for the password of a separate EXPLAIN login', () => {
    expect(problemsOf({ ...filled, explainSeparate: true }, null)).toEqual({
      explainPassword: 'required',
    });
  });

  it('keeps a stored password when nothing it was given for changed', () => {
    expect(problemsOf({ ...filled, password: '' }, stored)).toEqual({});
  });
});

describe('passwordNeededAgain', () => {
  it.each([{ host: 'elsewhere' }, { port: '5433' }, { user: 'other' }, { tls: 'off' as const }])(
    'asks again after %o',
    (change) => {
      expect(passwordNeededAgain({ ...filled, ...change }, stored)).toBe(true);
    },
  );

  it('does not ask after a change of name', () => {
    expect(passwordNeededAgain({ ...filled, name: 'other', cluster: 'b' }, stored)).toBe(false);
  });

  it('asks for the EXPLAIN password when its own user changes', () => {
    expect(explainPasswordNeededAgain({ ...filled, explainUser: 'x' }, stored)).toBe(true);
  });
});

it('leaves out labels without a key', () => {
  const labels = [
    { key: ' env ', value: 'prod' },
    { key: '', value: 'x' },
  ];
  expect(labelsOf({ ...filled, labels })).toEqual({ env: 'prod' });
});

describe('withEngine', () => {
  it('takes the usual port and database of the new engine, and keeps what was typed', () => {
    expect(withEngine(emptyDraft, 'mariadb')).toMatchObject({
      engine: 'mariadb',
      port: '3306',
      database: 'performance_schema',
    });
    const typed = { ...emptyDraft, port: '6000', database: 'shop' };
    expect(withEngine(typed, 'mysql')).toMatchObject({ port: '6000', database: 'shop' });
  });
});
