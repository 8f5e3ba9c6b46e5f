/**
 * What exists in one schema, from information_schema alone: statistics as the server keeps them (MySQL caches them for
 * information_schema_stats_expiry), nothing is counted for us. Every list is bounded.
 */
import type { Flavour } from '@/lib/metric/define-metric';

export const mostTables = 2000;

/** Schemas of people, not those of the server. */
export const schemas = `select schema_name from information_schema.schemata
  where schema_name not in ('mysql', 'sys', 'information_schema', 'performance_schema') order by 1 limit 1000`;

export const facts = `select @@version, @@global.read_only,
  (select variable_value from performance_schema.global_status where variable_name = 'Uptime'),
  (select variable_value from performance_schema.global_status where variable_name = 'Performance_schema_index_stat_lost'),
  (select enabled from performance_schema.setup_instruments where name = 'wait/io/table/sql/handler'),
  unix_timestamp(now(3))`;

export const tables = `select table_name, engine, table_rows, data_length, index_length, create_options
  from information_schema.tables where table_schema = ? and table_type in ('BASE TABLE', 'SYSTEM VERSIONED')
  order by coalesce(data_length, 0) + coalesce(index_length, 0) desc, table_name limit ${mostTables + 1}`;

export const columns = `select table_name, column_name, column_type, is_nullable, data_type, character_maximum_length
  from information_schema.columns where table_schema = ? order by table_name, ordinal_position limit 100000`;

/** Parts of indexes: an expression has no column; an index may be kept from the optimizer. */
export const parts = (
  flavour: Flavour,
) => `select table_name, index_name, column_name, sub_part, collation, non_unique,
    index_type, cardinality, ${flavour === 'mysql' ? 'expression' : 'null'}, ${flavour === 'mysql' ? 'is_visible' : `if(ignored = 'YES', 'NO', 'YES')`}
  from information_schema.statistics where table_schema = ?
  order by table_name, index_name, seq_in_index limit 50000`;

export const foreignKeys = `select table_name, constraint_name, column_name, referenced_table_schema,
    referenced_table_name, referenced_column_name
  from information_schema.key_column_usage where table_schema = ? and referenced_table_name is not null
  order by table_name, constraint_name, ordinal_position limit 20000`;

/** Uses of indexes since the server started, or since somebody truncated the table. */
export const indexUse = `select object_name, index_name, count_star, count_fetch, count_insert, count_update, count_delete
  from performance_schema.table_io_waits_summary_by_index_usage
  where object_type = 'TABLE' and object_schema = ? limit 50000`;

/** Needs SELECT on the schema mysql, which our login need not have: then sizes of indexes are unknown. */
export const indexSizes = `select table_name, index_name, stat_value * @@innodb_page_size
  from mysql.innodb_index_stats where database_name = ? and stat_name = 'size' limit 50000`;

export const partitions = `select table_name, max(partition_method), max(partition_expression), count(*)
  from information_schema.partitions where table_schema = ? and partition_name is not null group by table_name limit 2000`;
