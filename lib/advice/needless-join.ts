/** Joins that a statement could do without. Pure. */
import type { AdviceItem } from '@/lib/contract/advice';
import { countText, msText } from './amounts';

export type NeedlessJoin = {
  /** `schema.name`, and what the statement calls it. */
  table: string;
  alias: string;
  by: 'inner' | 'left';
  /** Name of the foreign key, or of the unique index. */
  key: string;
};

/** PostgreSQL leaves out such a LEFT JOIN by itself when it plans; MySQL does not. */
export const planned = (join: NeedlessJoin, ofMysql: boolean) => join.by === 'left' && !ofMysql;

const leastShare = 0.01;

export function needlessJoinAdvice(
  statement: {
    id: string;
    instance: string;
    database: string;
    calls: number;
    total_ms: number;
    share: number;
  },
  joins: readonly NeedlessJoin[],
): AdviceItem[] {
  const [first] = joins;
  if (!first || statement.share < leastShare || statement.calls === 0) return [];
  const names = joins.map(({ table, alias }) =>
    table.endsWith(`.${alias}`) ? table : `${table} ${alias}`,
  );
  return [
    {
      id: `needless_join/${statement.database}/${statement.id}`,
      kind: 'needless_join',
      severity: 'info',
      title: {
        en: `Joined and not used: ${names.join(', ')}`,
        ja: `結合したが使わない表: ${names.join('、')}`,
      },
      says: {
        en: 'No column of it is used beyond the condition of its join, and the key below makes sure that the join neither adds nor removes a row: without it the result is the same.',
        ja: '結合条件のほかに列が使われておらず、下のキーにより結合で行が増減することもありません。外しても結果は同じです。',
      },
      evidence: [
        ...joins.map(({ table, by, key }) => ({
          label:
            by === 'inner'
              ? { en: 'Foreign key, never NULL', ja: '外部キー(NOT NULL)' }
              : { en: 'Unique index', ja: '一意インデックス' },
          value: `${key} → ${table}`,
        })),
        {
          label: { en: 'Time of the statement', ja: '文の合計時間' },
          value: `${msText(statement.total_ms)} = ${countText(statement.calls)} × ${msText(statement.total_ms / statement.calls)}`,
        },
      ],
      gain: {
        en: 'One lookup less for each row. Leave the join out, or select what it was meant for.',
        ja: '1行ごとの参照が1回減ります。結合を外すか、本来必要だった列を選びます。',
      },
      cost: null,
      known: 'measured',
      sql: null,
      instance: statement.instance,
      database: statement.database,
      table: first.table,
      index: null,
      statements: [statement.id],
      lesson: 'many-joins',
    },
  ];
}
