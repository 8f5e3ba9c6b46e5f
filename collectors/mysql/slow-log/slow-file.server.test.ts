/** The slow log's file of real servers, over rotation; what a server names outside of the allowed folder stays closed. */
import {
  copyFile,
  mkdir,
  mkdtemp,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerIdentity } from '@/collectors/run/engine';
import type { LogMemory, LogReading } from '@/collectors/run/log-reading';
import { mysqlAccountScript } from '@/lib/inventory/mysql-account-script';
import { startMariadb, whyNoMariadb } from '@/scripts/servers/mariadb';
import { startMysql, whyNoMysql } from '@/scripts/servers/mysql';
import type { RunningMysql } from '@/scripts/servers/mysql-server';
import { openSession, type Session } from '../session/session';
import { createSlowLogReader } from './read-slow-log';

const kinds = [
  { flavour: 'mysql' as const, why: await whyNoMysql(), start: startMysql },
  { flavour: 'mariadb' as const, why: await whyNoMariadb(), start: startMariadb },
];

describe.each(kinds)('the slow log file of $flavour', ({ flavour, why, start }) => {
  let server: RunningMysql;
  let session: Session;
  let folder: string;
  let file: string;
  beforeAll(async () => {
    if (why) return;
    folder = await mkdtemp(path.join(tmpdir(), 'yagura-slow-'));
    file = path.join(folder, 'slow.log');
    server = await start({
      config: {
        ...{ slow_query_log: 'ON', log_output: 'FILE', long_query_time: '0.05' },
        slow_query_log_file: file,
      },
    });
    const account = { flavour, user: 'yagura', host: '127.0.0.1', requireTls: false };
    for (const sql of mysqlAccountScript(account).replace('<PASSWORD>', 'for tests').split(';\n'))
      await server.query(sql);
    await server.query('create database shop');
    await server.query('create database `倉庫`');
    session = await openSession(
      {
        ...{ host: '127.0.0.1', port: server.port, database: '', tls: 'off' },
        ...{ user: 'yagura', password: 'for tests' },
      },
      'yagura/test',
    );
  });
  afterAll(async () => {
    await session?.close();
    await server?.stop();
    if (folder) await rm(folder, { recursive: true });
  });

  function reader(allowed: string | null = folder, position: LogMemory['position'] = null) {
    const memory: LogMemory = { position, unsettled: null };
    const { read } = createSlowLogReader(session, memory, allowed);
    return {
      memory,
      /** As the store takes it. */
      read: async () => {
        const reading = await read({} as ServerIdentity, 0, 3_000);
        if (reading === null) throw new Error('no reading');
        memory.position = reading.after;
        memory.unsettled = null;
        return reading;
      },
    };
  }
  const slow = async (mark: string, database = 'shop', times = 1) => {
    const connection = await server.connect({
      ...{ user: 'root', password: server.password, database },
    });
    for (let i = 0; i < times; i++)
      await connection.query(`select sleep(0.06) as ${mark}, 's3cret 🔑'`);
    // A statement is logged after its answer, and before the next one of its connection.
    await connection.query('select 1');
    await connection.end();
  };
  /** Each statement's executions, over readings, by text and database. */
  const counted = (readings: LogReading[]) => {
    const text = new Map(
      readings.flatMap(({ statements }) => statements.map((one) => [one.id, one.text] as const)),
    );
    const counts: Record<string, number> = {};
    for (const { spans } of readings)
      for (const { durations } of spans)
        for (const { statement, count } of durations) {
          const mark = / as (\w+)/.exec(text.get(statement.id) ?? '')?.[1] ?? statement.id;
          const name = `${mark} ${statement.database}`;
          counts[name] = (counts[name] ?? 0) + count;
        }
    return counts;
  };

  it.skipIf(why)('gives what took long since the reading before, without literals', async () => {
    const { read } = reader();
    await slow('earlier');
    expect((await read()).spans).toEqual([]);
    await slow('mine', 'shop', 2);
    await slow('theirs', '倉庫');
    await slow('again');
    const readings = [await read(), await read()];
    expect(counted(readings)).toEqual({ 'mine shop': 2, 'theirs 倉庫': 1, 'again shop': 1 });
    expect(readings.map(({ summary }) => summary.threshold_ms)).toEqual([50, 50]);
    expect(readings[1]?.summary).toMatchObject({ caught_up: 1 });
    const executions = readings.flatMap((one) => one.executions);
    expect(executions).toHaveLength(4);
    for (const one of executions) {
      expect(one.user).toBe('root');
      expect(one.ms).toBeGreaterThanOrEqual(60);
      expect(Math.abs(Date.now() - one.at)).toBeLessThan(10_000);
    }
    expect(JSON.stringify(readings)).not.toContain('s3cret');
    expect(counted([await read()])).toEqual({});
  });

  it.skipIf(why)(
    'survives renaming with FLUSH SLOW LOGS, and a collector that starts anew',
    async () => {
      const one = reader();
      await one.read();
      await slow('a');
      const readings = [await one.read()];
      await slow('b');
      await rename(file, `${file}.1`);
      await slow('c');
      readings.push(await one.read());
      await slow('d');
      await server.query('flush slow logs');
      await slow('e');
      const two = reader(folder, one.memory.position);
      readings.push(await two.read(), await two.read());
      // Twice in a row, before anything was read.
      await slow('f');
      await rename(`${file}.1`, `${file}.2`);
      await rename(file, `${file}.1`);
      await server.query('flush slow logs');
      await slow('g');
      await rename(`${file}.2`, `${file}.3`);
      await rename(`${file}.1`, `${file}.2`);
      await rename(file, `${file}.1`);
      await server.query('flush slow logs');
      await slow('h');
      readings.push(await two.read(), await two.read());
      expect(counted(readings)).toEqual(
        Object.fromEntries([...'abcdefgh'].map((mark) => [`${mark} shop`, 1])),
      );
      expect(two.memory.position).toMatchObject({ file: 'slow.log', format: 'slow_log_file' });
      // The first reading of a new collector does not know by which rules was logged meanwhile.
      expect(readings.slice(3).map(({ summary }) => summary.threshold_ms)).toEqual([50, 50, 50]);
    },
  );

  it.skipIf(why)('survives copying and emptying', async () => {
    const { read } = reader();
    for (let i = 0; i < 4; i++) await slow('filler');
    await read();
    await read();
    await slow('a');
    const readings = [await read()];
    await slow('b');
    await copyFile(file, `${file}.copy`);
    await truncate(file, 0);
    await slow('c');
    readings.push(await read(), await read());
    expect(counted(readings)).toEqual({ 'a shop': 1, 'b shop': 1, 'c shop': 1 });
  });

  it.skipIf(why)('that was emptied without a copy is not whole, and is read on', async () => {
    const { read } = reader();
    for (let i = 0; i < 4; i++) await slow('filler');
    await read();
    await read();
    await slow('lost');
    await truncate(file, 0);
    await rm(`${file}.copy`, { force: true });
    await slow('kept');
    const first = await read();
    expect(first.summary.threshold_ms).toBeNull();
    expect(counted([first, await read()])).toEqual({
      // MySQL names the schema only where it changes.
      [flavour === 'mysql' ? 'kept null' : 'kept shop']: 1,
    });
    expect((await read()).summary.threshold_ms).toBe(50);
  });

  it.skipIf(why)('is read once when the server writes the table too', async () => {
    await server.query(`set global log_output = 'TABLE,FILE'`);
    await server.query('flush slow logs');
    const { read, memory } = reader();
    await read();
    await slow('written_twice');
    await sleep(2_500);
    expect(counted([await read(), await read()])).toEqual({ 'written_twice shop': 1 });
    expect(memory.position?.format).toBe('slow_log_file');
    await server.query(`set global log_output = 'FILE'`);
  });

  it.skipIf(why)(
    'outside of the allowed folder stays closed, also behind links, with the reason',
    async () => {
      const allowed = path.join(folder, 'allowed');
      await mkdir(allowed);
      await expect(reader(null).read()).rejects.toMatchObject({
        code: 'log_unavailable',
        fix: expect.stringMatching(/log_output = 'TABLE,FILE'.*\n.*YAGURA_LOG_DIRECTORY=/),
      });
      await expect(reader(allowed).read()).rejects.toMatchObject({
        message: expect.stringContaining(
          'lies outside of the folder that YAGURA_LOG_DIRECTORY allows',
        ),
      });
      await expect(reader(path.join(folder, 'nowhere')).read()).rejects.toMatchObject({
        message: expect.stringContaining('is not a folder'),
      });
      const link = path.join(allowed, 'link.log');
      await writeFile(path.join(folder, 'other.log'), '');
      await symlink(path.join(folder, 'other.log'), link);
      await server.query(`set global slow_query_log_file = ?`, [link]);
      await expect(reader(allowed).read()).rejects.toMatchObject({ code: 'log_unavailable' });
      await symlink(folder, path.join(allowed, 'up'));
      await server.query(`set global slow_query_log_file = ?`, [path.join(allowed, 'up', 'x.log')]);
      await expect(reader(allowed).read()).rejects.toMatchObject({ code: 'log_unavailable' });
      // A name that becomes a link, or a folder, while the server writes on into what it has open.
      const inside = path.join(allowed, 'inside.log');
      await server.query(`set global slow_query_log_file = ?`, [inside]);
      const { read } = reader(allowed);
      await read();
      await rm(inside);
      await symlink('/etc/hostname', inside);
      await expect(read()).rejects.toMatchObject({ code: 'log_unavailable' });
      await rm(inside);
      await mkdir(inside);
      await expect(reader(allowed).read()).rejects.toMatchObject({ code: 'log_unavailable' });
      await rm(inside, { recursive: true });
      await server.query(`set global slow_query_log_file = ?`, [file]);
    },
  );
});
