/** EXPLAIN safety: each fact is first seen on the bare server, then seen to be stopped by our path. */
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eachNode } from '@/lib/plan/plan-shape';
import { describeMysqlStatement } from '@/lib/statement/mysql/describe-mysql-statement';
import { startMariadb } from '@/scripts/servers/mariadb';
import { startMysql } from '@/scripts/servers/mysql';
import type { RunningMysql } from '@/scripts/servers/mysql-server';
import { explainMysqlStatement } from './explain-statement';
import { gateText } from './text-gate';

const password = 'secret-for-tests';

describe.each([
  ['MySQL 9.7', startMysql],
  ['MariaDB 10.11', startMariadb],
] as const)('%s', (_, start) => {
  let server: RunningMysql;
  let isMysql: boolean;
  const login = (user = 'explainer') => ({
    ...{ host: '127.0.0.1', port: server.port, database: '', user, password },
    tls: 'off' as const,
  });
  const explain = (text: string, { truncated = false, digest = '', user = 'explainer' } = {}) =>
    explainMysqlStatement(
      login(user),
      { text, truncated, queryid: digest, database: 'shop' },
      'yagura test',
      null,
    );
  const traces = async () => {
    const [row] = await server.query('select count(*) as n from shop.trace');
    await server.query('delete from shop.trace');
    return Number(row?.n);
  };
  const ok = async (text: string, more = {}) => {
    const answer = await explain(text, more);
    if (answer.status !== 'ok') throw new Error(`${text}: ${JSON.stringify(answer)}`);
    return answer;
  };

  beforeAll(async () => {
    server = await start({ config: { log_bin_trust_function_creators: 'ON' } });
    isMysql = server.flavour === 'mysql';
    const admin = await server.connect();
    for (const sql of [
      'create database shop',
      'use shop',
      'create table trace (n int)',
      `create table item (id int primary key, kind int not null, name varchar(40) not null, code char(8) not null,
         made_at datetime not null, price decimal(10,2) not null, key item_kind (kind), key item_name (name), key item_made_at (made_at))`,
      'create table part (id int primary key, item_id int not null, note varchar(40) not null, key part_item (item_id))',
      `insert into item with recursive n (i) as (select 1 union all select i + 1 from n where i < 900)
         select i, i % 50, concat('item ', i), concat('c', i), '2024-01-01' + interval i day, i from n`,
      `insert into part with recursive n (i) as (select 1 union all select i + 1 from n where i < 900)
         select i, i % 300, concat('note ', i) from n`,
      'create table closed (id int primary key)',
      'create table account (id int primary key, kind int not null)',
      'insert into account select id, kind from item',
      'create function quiet() returns int deterministic begin insert into trace values (1); return 1; end',
      `create function slow() returns int deterministic begin
         declare i int default 0; while i < 1000000000 do set i = i + 1; end while; return 1; end`,
      'create view harmless as select id, kind from item',
      'create view trap as select max(kind) as kind from item where id = quiet()',
      `create user explainer@'%' identified by '${password}'`,
      ...['item', 'part', 'account', 'harmless', 'trap'].map(
        (one) => `grant select on shop.${one} to explainer@'%'`,
      ),
      `grant execute on shop.* to explainer@'%'`,
      `grant insert on shop.trace to explainer@'%'`,
      `create user monitor@'%' identified by '${password}'`,
      `grant select on performance_schema.* to monitor@'%'`,
      `grant select on shop.* to monitor@'%'`,
      'analyze table item, part',
    ])
      await admin.query(sql);
    await admin.end();
  }, 120_000);
  afterAll(() => server?.stop());

  test('the fact: EXPLAIN alone runs a function that writes', async () => {
    const bare = await server.connect({
      ...{ user: 'root', password: server.password, database: 'shop' },
    });
    await bare.query('explain format=json select * from trap');
    expect(await traces()).toBeGreaterThan(0);
    // Of a statement of its own it is MariaDB that does.
    await bare.query('explain format=json select * from item where id = quiet()');
    expect((await traces()) > 0).toBe(!isMysql);
    await bare.query('start transaction read only');
    await expect(bare.query('explain format=json select * from trap')).rejects.toMatchObject({
      errno: 1792,
    });
    await bare.end();
    expect(await traces()).toBe(0);
  });

  test.each([
    ['a stored function', 'select * from item where id = quiet()', 'function'],
    ['… with its schema', 'select * from item where id = shop.quiet ()', 'function'],
    ['… quoted', 'select * from item where id = `quiet`()', 'function'],
    ['… behind a comment', 'select * from item where id = quiet /* x */ ()', 'function'],
    ['… in a subquery', 'select * from item where id in (select quiet() from part)', 'function'],
    ['… in WITH', 'with c (a) as (select quiet()) select * from c', 'function'],
    ['… named like a list of columns', 'select a, quiet (b) from item', 'function'],
    ['a view that calls one', 'select * from trap', 'view'],
    ['any view', 'select `id` from `shop` . `harmless`', 'view'],
    // To the server U+00A0 and U+2028 are letters of a name.
    ['… that ends in a space of Unicode', 'select lower\u00a0 (1)', 'function'],
    ['… that ends in a line separator', 'select lower\u2028(1)', 'function'],
    [
      '… behind what only the server takes for a comment',
      `select 1 --\u0001'\n + quiet() --\u0001'`,
      'nul',
    ],
    ['a function of the grammar, quoted', 'select `max`(id) from item', 'function'],
    [
      'a word that only sometimes stands before a bracket',
      'select next (1), first (2)',
      'function',
    ],
    ['a function that only another version has', 'select nvl3(1)', 'function'],
    ['SLEEP', 'select sleep(10)', 'function'],
    ['BENCHMARK', 'select benchmark(1000000000, sha1(1))', 'function'],
    ['GET_LOCK', "select get_lock('x', 1)", 'function'],
    ['LOAD_FILE', "select load_file('/etc/passwd')", 'function'],
    ['code in a comment', 'select 1 /*!, quiet() */', 'unparsed'],
    ['MariaDB’s code in a comment', 'select 1 /*M!, quiet() */', 'unparsed'],
    ['a hint that sets a variable', 'select /*+ SET_VAR(sql_mode = ansi) */ 1', 'hint'],
    ['a second statement', 'select 1; drop table item', 'not_one'],
    ['FOR UPDATE', 'select * from item for update', 'locking'],
    ['LOCK IN SHARE MODE', 'select * from item lock in share mode', 'locking'],
    ['INTO OUTFILE', "select * from item into outfile '/tmp/x'", 'into'],
    ['a variable set', 'select @a := 1', 'assignment'],
    ['UPDATE', 'update item set kind = 1', 'utility'],
    ['DELETE behind WITH', 'with c as (select 1) delete from item', 'writes'],
    ['ANALYZE', 'analyze select 1', 'utility'],
    ['an open string', "select 'a", 'unparsed'],
    ['a sequence', 'select next value for s', 'writes'],
    ['what the server cut', 'SELECT `id` FROM `item` WHERE ...', 'truncated'],
    ['nothing', '', 'utility'],
  ])('%s is refused', async (_what, text, code) => {
    const answer = await explain(text);
    expect(answer).toMatchObject({ status: 'refused', code });
    expect(await traces()).toBe(0);
  });

  test.each([
    'SELECT `id` FROM `item` WHERE `kind` = ?',
    'SELECT COUNT ( * ) , MAX ( `price` ) FROM `item` WHERE `kind` IN (...) GROUP BY `kind` ORDER BY ? LIMIT ?',
    'SELECT `i` . `id` FROM `shop` . `item` AS `i` JOIN `part` `p` ON `p` . `item_id` = `i` . `id` WHERE `i` . `made_at` > ? AND `p` . `note` LIKE ?',
    'SELECT * FROM `item` WHERE ( `kind` , `name` ) IN ( (...) /* , ... */ )',
    'SELECT `lower` ( `name` ) , CAST ( `price` AS DECIMAL (...) ) FROM `item` WHERE `made_at` BETWEEN ? AND NOW ( ) - INTERVAL ? SQL_TSI_DAY LIMIT ?, ...',
    'SELECT `id` , ( SELECT COUNT ( * ) FROM `part` `p` WHERE `p` . `item_id` = `i` . `id` ) AS `n` FROM `item` `i` WHERE `name` = ? LIMIT ? OFFSET ?',
    'WITH `big` ( `k` , `n` ) AS ( SELECT `kind` , COUNT ( * ) FROM `item` GROUP BY `kind` ) SELECT * FROM `big` WHERE `n` > ?',
    'SELECT `d` . `k` FROM ( SELECT `kind` AS `k` FROM `item` WHERE `name` <> ? ) AS `d` UNION ALL SELECT `id` FROM `part` WHERE `note` = ?',
    // As the store shows it.
    'SELECT COUNT(*), MAX(price) FROM item AS i WHERE i.kind IN (?) AND NAME = ? GROUP BY i.kind LIMIT ?',
    'SELECT id FROM shop.item WHERE (kind, name) IN (?) AND made_at > NOW() - INTERVAL ? DAY',
    'SELECT CAST(price AS DECIMAL(?)) FROM item WHERE price BETWEEN ? AND ? ORDER BY made_at DESC LIMIT ? OFFSET ?',
    'SELECT IF ( `kind` = ? , ? , ? ) , COALESCE ( `name` , ? ) FROM `item` WHERE DATE ( `made_at` ) = ?',
  ])('a digest’s text is planned: %s', async (text) => {
    const { root, generic, schemaVersion, tableRows } = await ok(text);
    expect(generic).toBe(false);
    expect(root.engine).toBe(server.flavour);
    const tables: string[] = [];
    eachNode(root, (node) => {
      if (node.relation && !/^<|^(d|big)$/.test(node.relation)) tables.push(node.relation);
    });
    expect(tables.length).toBeGreaterThan(0);
    for (const table of tables) expect(table).toMatch(/^shop\.(item|part)$/);
    expect(tableRows['shop.item']).toBeGreaterThan(500);
    expect(schemaVersion).toMatch(/^[0-9a-f]{32}$/);
  });

  test('the same digests as the store keeps them are planned alike', async () => {
    for (const text of [
      'SELECT COUNT ( * ) , MAX ( `price` ) FROM `item` WHERE `kind` IN (...) GROUP BY `kind` ORDER BY ? LIMIT ?',
      'SELECT `lower` ( `name` ) , CAST ( `price` AS DECIMAL (...) ) FROM `item` WHERE `made_at` BETWEEN ? AND NOW ( ) - INTERVAL ? SQL_TSI_DAY LIMIT ?, ...',
      'WITH `big` ( `k` , `n` ) AS ( SELECT `kind` , COUNT ( * ) FROM `item` GROUP BY `kind` ) SELECT * FROM `big` WHERE `n` > ?',
      'SELECT `i` . `id` FROM `item` AS `i` WHERE EXISTS ( SELECT ? FROM `part` `p` WHERE `p` . `item_id` = `i` . `id` AND `p` . `note` LIKE ? )',
    ]) {
      const kept = describeMysqlStatement(text);
      expect((await explain(kept.text)).status, kept.text).toBe('ok');
    }
  });

  test('made-up values are of the column’s type, so no index is lost to them', async () => {
    for (const [text, index] of [
      ['SELECT `id` FROM `item` WHERE `kind` = ?', 'item_kind'],
      ['SELECT `price` FROM `item` WHERE `name` = ?', 'item_name'],
      ['SELECT `price` FROM `item` WHERE `made_at` = ?', 'item_made_at'],
      ['SELECT `price` FROM `item` WHERE `name` IN (...)', 'item_name'],
    ] as const) {
      const indexes: (string | null)[] = [];
      eachNode((await ok(text)).root, (node) => indexes.push(node.index));
      expect(indexes, text).toContain(index);
    }
  });

  test('a row that is looked up by its unique key: the plan is of one that is there', async () => {
    for (const text of [
      'SELECT * FROM `item` WHERE `id` = ?',
      'SELECT `i` . `id` , `p` . `note` FROM `item` `i` JOIN `part` `p` ON `p` . `item_id` = `i` . `id` WHERE `i` . `id` = ?',
    ]) {
      const found: string[] = [];
      eachNode((await ok(text)).root, ({ type, relation, index }) =>
        found.push(`${type} ${relation} ${index}`),
      );
      // MySQL leaves a row that it looked up already out of a join.
      expect(found.join(), text).toMatch(
        /onstant row shop\.item PRIMARY|^Index lookup shop\.part part_item$/,
      );
    }
  });

  test('a table whose name is a word of the grammar, which digests write in capitals', async () => {
    const { root } = await ok('SELECT ACCOUNT . `id` FROM ACCOUNT WHERE ACCOUNT . `kind` = ?');
    expect(root.relation).toBe('shop.account');
  });

  test('the plan is not made again while tables and indexes are the same', async () => {
    const text = 'SELECT `id` FROM `item` WHERE `kind` = ?';
    const { schemaVersion } = await ok(text);
    const again = (from: string) =>
      explainMysqlStatement(
        login(),
        { text, truncated: false, queryid: '', database: 'shop' },
        'yagura test',
        from,
      );
    expect(await again(schemaVersion)).toEqual({ status: 'unchanged' });
    await server.query('create index item_price on shop.item (price)');
    expect(await again(schemaVersion)).toMatchObject({ status: 'ok' });
    await server.query('drop index item_price on shop.item');
  });

  test('a table our login may not read, and one that is gone, are said with what helps', async () => {
    expect(await explain('SELECT * FROM `closed`')).toMatchObject({
      status: 'unavailable',
      code: 'permission_denied',
      fix: "GRANT SELECT ON `shop`.* TO 'explainer'@'%';",
    });
    expect(await explain('SELECT * FROM `closed`', { user: 'monitor' })).toMatchObject({
      status: 'ok',
    });
    expect(await explain('SELECT `gone` FROM `item`')).toMatchObject({
      status: 'unavailable',
      code: 'object_missing',
    });
  });

  test('the fact: a space before a bracket makes a stored function of MID; a sample that has one is not used', async () => {
    const admin = await server.connect({ user: 'root', password: server.password });
    await admin.changeUser({ database: 'shop' });
    await admin.query(
      'create function `mid` (n int) returns int deterministic begin insert into trace values (1); return 1; end',
    );
    const bare = await mysql.createConnection({
      ...{ host: '127.0.0.1', port: server.port, user: 'root', password: server.password },
      ...{ database: 'shop', flags: ['-IGNORE_SPACE'] },
    });
    const [rows] = await bare.query('select mid (7) as one');
    expect(rows).toEqual([{ one: 1 }]);
    expect(await traces()).toBe(1);
    await bare.end();
    expect(gateText('select mid (7)', { flavour: server.flavour, exact: true })).toMatchObject({
      code: 'function',
    });
    expect(
      gateText('select mid(name, 2)', { flavour: server.flavour, exact: true }),
    ).toHaveProperty('calls', ['mid']);
    // A name that a stored function of the schema has is not let through, whoever else has it.
    expect(await explain('SELECT MID ( NAME , ? ) FROM `item`')).toMatchObject({
      code: 'function',
    });
    await admin.query('drop function `mid`');
    expect(await explain('SELECT MID ( NAME , ? ) FROM `item`')).toMatchObject({ status: 'ok' });
    await admin.end();
    expect(await traces()).toBe(0);
  });

  test('what only the other server has as its own may be a stored function here', async () => {
    const theirs = server.flavour === 'mysql' ? 'nvl' : 'regexp_like';
    expect(await explain(`SELECT ${theirs} ( NAME , ? ) FROM \`item\``)).toMatchObject({
      ...{ status: 'refused', code: 'function' },
    });
  });

  test('what the server does not take is refused without its words', async () => {
    const answer = await explain("SELECT `id` FROM `item` WHERE `id` ? 'canary-7f3a'");
    expect(answer).toMatchObject({ status: 'refused', code: 'unparsed' });
    expect(JSON.stringify(answer)).not.toContain('canary');
  });

  test('planning that takes long is ended after 2 s', async () => {
    await server.query(
      'create table shop.big as select a.id, b.id as other from shop.item a join shop.item b on b.id <= 600',
    );
    await server.query(`grant select on shop.big to explainer@'%'`);
    const started = Date.now();
    const answer = await explain(
      'select id from item where id = (select max(a.other + b.id) from big a join big b where a.id + b.other > 5)',
    );
    expect(Date.now() - started).toBeLessThan(6000);
    if (answer.status !== 'ok') expect(answer).toMatchObject({ code: 'timeout' });
    await sleep(100);
    const rows = await server.query(
      `select id from information_schema.processlist where user = 'explainer' and info is not null`,
    );
    expect(rows).toEqual([]);
  }, 20_000);

  test('the server’s sample of a digest is planned and not kept', async () => {
    if (!isMysql) return;
    const app = await server.connect({ user: 'root', password: server.password, database: 'shop' });
    await app.query("select price from item where name = 'item 77' and made_at > '2024-02-01'");
    await app.end();
    const [row] = await server.query(
      `select digest, digest_text as text from performance_schema.events_statements_summary_by_digest
       where schema_name = 'shop' and digest_text like 'SELECT _price_ FROM _item_ WHERE NAME = ? AND%'`,
    );
    const digest = String(row?.digest);
    const answer = await ok(String(row?.text), { digest, user: 'monitor' });
    expect(JSON.stringify(answer)).not.toMatch(/item 77|2024-02/);
    expect(answer.root.rows_estimated).toBeLessThan(2);
  });
});
