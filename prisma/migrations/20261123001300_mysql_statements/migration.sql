-- What MySQL and MariaDB count besides. An array is empty where nobody measures it.
alter table statement_reading
  add column lock_ms float8[] not null default '{}',
  add column rows_sent float8[] not null default '{}',
  add column rows_affected float8[] not null default '{}',
  add column rows_examined float8[] not null default '{}',
  add column errors float8[] not null default '{}',
  add column warnings float8[] not null default '{}',
  add column no_index_used float8[] not null default '{}',
  add column no_good_index_used float8[] not null default '{}',
  add column temp_tables float8[] not null default '{}',
  add column temp_disk_tables float8[] not null default '{}',
  add column sort_merge_passes float8[] not null default '{}',
  add column full_joins float8[] not null default '{}',
  add column full_scans float8[] not null default '{}';
alter table statement_hour
  add column lock_ms float8[] not null default '{}',
  add column rows_sent float8[] not null default '{}',
  add column rows_affected float8[] not null default '{}',
  add column rows_examined float8[] not null default '{}',
  add column errors float8[] not null default '{}',
  add column warnings float8[] not null default '{}',
  add column no_index_used float8[] not null default '{}',
  add column no_good_index_used float8[] not null default '{}',
  add column temp_tables float8[] not null default '{}',
  add column temp_disk_tables float8[] not null default '{}',
  add column sort_merge_passes float8[] not null default '{}',
  add column full_joins float8[] not null default '{}',
  add column full_scans float8[] not null default '{}';

-- How long executions took, in buckets (lib/log/durations.ts), counted by the server up to to_at: of the statements
-- it was asked about, in all executions since it was asked before.
create table statement_histogram (
  instance_id int not null,
  to_at timestamptz not null,
  key_ids int[] not null,
  buckets int[] not null,
  counts float8[] not null,
  primary key (instance_id, to_at)
) partition by range (to_at);
-- The same in rows of whole hours.
create table statement_histogram_hour (
  like statement_histogram,
  primary key (instance_id, to_at)
) partition by range (to_at);

alter table compacted drop constraint compacted_tier_check;
alter table compacted add constraint compacted_tier_check
  check (tier in ('block', 'rollup', 'statement_minute', 'statement_hour', 'load_minute', 'log_minutes', 'histogram_hour'));
