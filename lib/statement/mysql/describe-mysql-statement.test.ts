import { describe, expect, it } from 'vitest';
import { describeMysqlStatement as describeIt } from './describe-mysql-statement';

/** A statement, its digest text in MySQL 9.7 and, where it differs, in MariaDB 10.11: as the servers wrote them. */
const pairs: [string, ...string[]][] = [
  [
    `select * from shop.item where name = 'secret' and id in (1,2,3) limit 5 offset 3`,
    'SELECT * FROM `shop` . `item` WHERE NAME = ? AND `id` IN (...) LIMIT ? OFFSET ?',
    'SELECT * FROM `shop` . `item` WHERE NAME = ? AND ID IN (...) LIMIT ? OFFSET ? ',
  ],
  [
    "select sleep(0.05), 'geheim' as `x` from item -- secret comment",
    'SELECT `sleep` (?) , ? AS `x` FROM `item`',
  ],
  ['select * from item where id = 7', 'EXECUTE SELECT * FROM `item` WHERE `id` = ?'],
  ["set @a = 'secretvar'", 'SET @? = ?'],
  [
    `create user if not exists 'bob'@'localhost' identified by 'bobsecret'`,
    'CREATE SYSTEM_USER IF NOT EXISTS ? @? IDENTIFIED BY ?',
  ],
  ['create database if not exists shop', 'CREATE SCHEMA IF NOT EXISTS `shop`'],
  [
    'create table if not exists shop.item (id int primary key, name varchar(20))',
    'CREATE TABLE IF NOT EXISTS `shop` . `item` ( `id` INTEGER PRIMARY KEY , NAME VARCHARACTER (?) )',
  ],
  [
    'select count(*) from information_schema.tables t order by 1',
    'SELECT COUNT ( * ) FROM `information_schema` . `tables` `t` ORDER BY 1',
  ],
  [
    `insert into item (id, price) values (1, -2), (3, 4.5e2)`,
    'INSERT INTO `item` ( `id` , `price` ) VALUES (...) /* , ... */',
  ],
];

/** The best of three: whatever else the machine does only adds to it. */
const quickestMs = (text: string) =>
  Math.min(
    ...[1, 2, 3].map(() => {
      const before = performance.now();
      describeIt(text);
      return performance.now() - before;
    }),
  );

describe('a statement of MySQL', () => {
  it.each(pairs)('has one identity: %s', (sql, ...digests) => {
    const one = describeIt(sql);
    expect(one.text).not.toMatch(/secret|geheim|unparsed/);
    for (const digest of digests)
      expect(describeIt(digest)).toMatchObject({ id: one.id, kind: one.kind, tables: one.tables });
  });

  it('is shown without what the digest adds', () => {
    expect(describeIt(pairs[0]?.[1] ?? '')).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      text: 'SELECT * FROM shop.item WHERE NAME = ? AND id IN (...) LIMIT ? OFFSET ?',
      ...{ kind: 'select', tables: ['shop.item'], truncated: false, tags: {} },
    });
    expect(describeIt('SELECT COUNT ( * ) FROM `a-b` AS `t` WHERE `t` . `x` = ?').text).toBe(
      'SELECT COUNT(*) FROM `a-b` AS t WHERE t.x = ?',
    );
  });

  it('is whole when it ends with a list', () => {
    expect(describeIt('SELECT `a` FROM `t` LIMIT ?, ...').truncated).toBe(false);
    expect(describeIt('SELECT `a` FROM `t` WHERE ...').truncated).toBe(true);
  });

  it('names its tables', () => {
    const tables = (sql: string) => describeIt(sql).tables;
    expect(tables('select 1 from a, b x, c as y join d on 1 where z in (select q from e)')).toEqual(
      ['a', 'b', 'c', 'd', 'e'],
    );
    expect(tables('insert ignore into shop.t (a) select a from u')).toEqual(['shop.t', 'u']);
    expect(tables('update t set a = 1 where b = 2')).toEqual(['t']);
    expect(tables('UPDATE ACCOUNT SET `a` = ?')).toEqual(['account']);
    expect(tables('UPDATE ACCOUNT SET a = 1')).toEqual(['ACCOUNT']);
    expect(tables('delete from t where a = 1')).toEqual(['t']);
    expect(tables('with w as (select 1 from t) select * from w')).toEqual(['t']);
    expect(tables('select extract(year from d) from t for update')).toEqual(['t']);
    expect(tables('insert into t (a) values (1) on duplicate key update a = 2')).toEqual(['t']);
  });

  it('has a kind', () => {
    expect(describeIt('(select 1) union (select 2)').kind).toBe('select');
    expect(describeIt('with w as (select 1) delete from t').kind).toBe('delete');
    expect(describeIt('replace into t values (1)').kind).toBe('insert');
    expect(describeIt('call p(1)').kind).toBe('utility:call');
    expect(describeIt('show tables').kind).toBe('utility:show');
  });

  it('never shows a literal, however it is written', () => {
    const hidden = [
      `select 'it''s s3cret', "s3cret", N's3cret', _utf8mb4'x s3cret', x'3cde', 0x3cde, b'101'`,
      String.raw`select 'it\'s s3cret', 'x\\', 's3cret'`,
      `select 1 /* s3cret */ # s3cret\n, 2 -- s3cret\n, 3`,
      `select @s3cret, @'s3cret', @\`s3cret\``,
      `select 's3cret`,
      `create function f() returns int language javascript as $$ return 's3cret' $$`,
      `insert into t values (1, 's3cret'), (2, 's3cret')`,
      `set password for 'x' = 's3cret'`,
    ];
    for (const sql of hidden) {
      const { text } = describeIt(sql);
      expect(text, sql).not.toMatch(/s3cret|3cde|\b101\b/);
    }
    // Which of the two rules for backslashes the session had decides what is a literal: the one that closes all strings.
    expect(describeIt(String.raw`select 'c:\' from t where a = 's3cret'`).text).toBe(
      'select ? from t where a = ?',
    );
    expect(describeIt(String.raw`select 'a\', b, 's3cret\', c, '`).text).toMatch(/^<unparsed/);
  });

  it('reads what runs inside a comment, and nothing else of it', () => {
    expect(describeIt('select /*!40001 SQL_NO_CACHE */ * from t where a = 5').text).toBe(
      'select SQL_NO_CACHE * from t where a = ?',
    );
  });

  it('says that the server cut it, and keeps no open string', () => {
    expect(describeIt('SELECT `a` , `b` FROM `t` WHERE `c` = ? ...')).toMatchObject({
      truncated: true,
      tables: ['t'],
    });
    expect(describeIt(`select a from t where b = 's3cret and more`, { truncated: true }).text).toBe(
      'select a from t where b = ? …',
    );
  });

  it('takes hostile texts in time that grows with their length', () => {
    for (const hostile of [
      '`',
      "'",
      '/*',
      '(',
      '?,',
      '-',
      '@',
      '\\',
      '--',
      '$a$',
      '\u0000',
      '\ud800',
      '1e',
      '.',
    ]) {
      const [short, long] = [4_000, 64_000].map((length) => quickestMs(hostile.repeat(length)));
      // Sixteen times as long: a square would be 256 times as slow.
      expect((long ?? 0) / Math.max(2, short ?? 0), hostile).toBeLessThan(100);
    }
    expect(describeIt('').kind).toBe('unknown');
    expect(describeIt(';;').kind).toBe('unknown');
  });
});
