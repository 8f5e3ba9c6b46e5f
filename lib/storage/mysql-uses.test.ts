import { beforeAll, expect, test } from 'vitest';
import { column, inventory, table } from '@/lib/advice/made-up';
import { missingIndexes } from '@/lib/advice/missing-index';
import { statementHabits } from '@/lib/advice/statement-habits';
import { nameTables } from '@/lib/plan/mysql/name-tables';
import { readExplain } from '@/lib/plan/read-explain';
import { asPostgres } from '@/lib/statement/mysql/as-postgres';
import { loadParser, parsePostgres } from '@/lib/statement/parse-postgres';
import { readHabits } from '@/lib/statement/read-habits';
import { readMysqlFixture } from '@/scripts/mysql-plans/read-fixture';
import { usesOf } from './statement-uses';

const shop = inventory([
  table('orders', {
    engine: 'mysql',
    rows: 99_847,
    columns: ['id', 'customer_id', 'status', 'total_cents', 'created_at', 'placedBy'].map((name) =>
      column(name, { type: name === 'status' ? 'varchar(12)' : 'bigint' }),
    ),
  }),
  table('customer', {
    engine: 'mysql',
    columns: ['id', 'name', 'city'].map((name) => column(name)),
  }),
]);

beforeAll(loadParser);

/** As the servers write digests, and as the store keeps them. */
const digests = [
  'SELECT * FROM `shop` . `orders` WHERE `customer_id` = ? AND `status` IN (...) LIMIT ? OFFSET ?',
  'SELECT id, total_cents FROM orders WHERE customer_id = ? AND created_at > NOW() - INTERVAL ? SQL_TSI_DAY ORDER BY created_at DESC LIMIT ?',
  'SELECT COUNT ( * ) , MAX ( `total_cents` ) FROM `orders` `o` STRAIGHT_JOIN `customer` AS `c` ON `c` . `id` = `o` . `customer_id` WHERE NAME LIKE ?',
  'SELECT SQL_NO_CACHE `o` . `id` FROM `orders` `o` USE INDEX ( PRIMARY ) WHERE `o` . `total_cents` BETWEEN ? AND ? LIMIT ?, ...',
  'SELECT `lower` ( `status` ) , IF ( `id` > ? , ? , ? ) FROM `orders` WHERE DATE ( `created_at` ) = ? GROUP BY `status` , `id` HAVING COUNT ( * ) > ?',
  'SELECT GROUP_CONCAT ( DISTINCTROW `id` SEPARATOR ? ) FROM `orders` WHERE `status` <=> ? FOR UPDATE',
  'SELECT `id` FROM `orders` WHERE ( `customer_id` , `status` ) IN ( (...) /* , ... */ ) LOCK IN SHARE MODE',
  'UPDATE `orders` SET `status` = ? WHERE `customer_id` = ? ORDER BY `id` LIMIT ?',
  'DELETE FROM `orders` WHERE `customer_id` = ? AND `created_at` < DATE ? LIMIT ?',
  'INSERT INTO `orders` ( `id` , `status` ) VALUES (...) /* , ... */ ON DUPLICATE KEY UPDATE `status` = VALUES ( `status` )',
  'SELECT `id` FROM `orders` WHERE `customer_id` = @? AND `status` REGEXP ? AND `total_cents` DIV ? = ?',
  'SELECT ? + ? FROM DUAL',
  'WITH `big` AS ( SELECT `customer_id` , SUM ( `total_cents` ) `s` FROM `orders` GROUP BY `customer_id` ) SELECT * FROM `big` WHERE `s` > ?',
];

test.each(digests)('PostgreSQL’s parser reads %s', (text) => {
  expect(parsePostgres(asPostgres(text) ?? '')?.kinds, asPostgres(text) ?? '').toHaveLength(1);
});

test('what has no counterpart is not read, and nothing is guessed', () => {
  for (const text of ['SELECT `id` FROM `t` WHERE MATCH ( `a` ) AGAINST (?)', "select 'open"])
    expect(parsePostgres(asPostgres(text) ?? '(')).toBeNull();
});

test('the columns a digest compares and sorts by, under the table’s own names', async () => {
  const uses = await usesOf(
    shop,
    [...digests.slice(0, 2), 'SELECT `id` FROM `orders` WHERE PLACEDBY = ?'].map((text, id) => ({
      id: String(id),
      text,
    })),
  );
  expect(uses.get('0')).toMatchObject([
    { table: 'shop.orders', equal: ['customer_id', 'status'], several: ['status'] },
  ]);
  expect(uses.get('1')).toMatchObject([
    {
      ...{ table: 'shop.orders', equal: ['customer_id'], range: ['created_at'], limited: true },
      order: [{ column: 'created_at', desc: true }],
    },
  ]);
  expect(uses.get('2')).toMatchObject([{ equal: ['placedBy'] }]);
});

test.each(['mysql', 'mariadb'])(
  'a missing index in %s’s words, from what was measured',
  async (engine) => {
    const fixture = readMysqlFixture(`seq-scan-${engine}`);
    const text = 'SELECT `id` FROM `orders` WHERE `customer_id` = ?';
    const { root } = readExplain(fixture.json_v2 ?? fixture.json);
    nameTables(root, text, 'shop');
    const own = {
      ...shop,
      tables: shop.tables.map((one) => ({ ...one, engine: engine as 'mysql' })),
    };
    const uses = (await usesOf(own, [{ id: 's', text }])).get('s') ?? [];
    const measured = { id: 's', uses, calls: 1000, total_ms: 9_000, rows: 2_500, plan: root };
    const [advice] = missingIndexes('1', own, [measured], 60, new Map());
    expect(advice?.sql).toBe(
      'ALTER TABLE `shop`.`orders` ADD INDEX `orders_customer_id_idx` (`customer_id`), ALGORITHM=INPLACE, LOCK=NONE;',
    );
    // Without a plan nobody knows whether the rows were added up; with as many rows as half the table no index helps.
    expect(missingIndexes('1', own, [{ ...measured, plan: null }], 60, new Map())).toEqual([]);
    const many = { ...measured, rows: 50_000_000 };
    expect(missingIndexes('1', own, [many], 60, new Map())).toEqual([]);
  },
);

test('habits of statements are seen in digests, and said without PostgreSQL’s words', () => {
  const habits = (text: string) => {
    const parsed = parsePostgres(asPostgres(text) ?? '');
    if (!parsed) throw new Error(text);
    return readHabits(parsed);
  };
  const cases = [
    ['SELECT * FROM `orders` WHERE `status` LIKE ? LIMIT ?, ...', 'select_star'],
    ['SELECT `id` FROM `orders` WHERE `status` LIKE ?', 'leading_wildcard'],
    ['SELECT `id` FROM `orders` ORDER BY `id` LIMIT ? OFFSET ?', 'large_offset'],
    ['SELECT `id` FROM `orders` ORDER BY `rand` ( ) LIMIT ?', 'order_by_random'],
    ['UPDATE `orders` SET `status` = ?', 'missing_where'],
    ['SELECT `id` FROM `orders` WHERE `date` ( `created_at` ) = ?', 'implicit_cast'],
  ] as const;
  for (const [text, kind] of cases) {
    const advice = statementHabits([
      {
        ...{ id: 's', text, instance: '1', database: 'shop', calls: 100, total_ms: 9000 },
        ...{ rows: 1_000_000, share: 0.5, plan: null, habits: habits(text), mysql: true },
      },
    ]);
    expect(
      advice.map((one) => one.kind),
      text,
    ).toContain(kind);
    expect(JSON.stringify(advice)).not.toMatch(
      /pg_trgm|GIN|TABLESAMPLE|ANY\(|INCLUDE|random\(\)|ILIKE|join_collapse/,
    );
  }
  expect(habits('SELECT `id` FROM `orders` WHERE `id` = ?').lookup).toEqual({
    ...{ table: 'orders', columns: ['id'] },
  });
});
