-- What servers wrote into their logs, without literals. Written and read by lib/storage alone.

-- Up to where the log of an instance was read. It moves in the transaction that keeps what was read.
create table log_position (
  instance_id int primary key references instance on delete cascade,
  format text not null,
  file text not null,
  file_offset bigint not null,
  skipping text not null,
  head text not null,
  through_at timestamptz not null
);

-- A statement as one user ran it in one database: logs know names, not the object ids of statement_key.
create table log_key (
  id int generated always as identity primary key,
  instance_id int not null,
  statement_id text not null references statement,
  -- '' is not known.
  database_name text not null,
  user_name text not null,
  last_seen timestamptz not null default now(),
  unique (instance_id, statement_id, database_name, user_name)
);
create index log_key_statement on log_key (statement_id);

-- One row per instance and reading: durations in buckets (lib/log/durations.ts) and errors, in (from_at, to_at].
-- Every execution of threshold_ms and longer is in it. Null: some may be missing.
create table log_reading (
  instance_id int not null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  threshold_ms float8,
  key_ids int[] not null,
  buckets int[] not null,
  counts int[] not null,
  -- 0 is a statement that could not be read.
  error_key_ids int[] not null,
  error_sqlstates text[] not null,
  error_counts int[] not null,
  primary key (instance_id, to_at)
) partition by range (to_at);

-- The slowest executions of each reading.
create table slow_execution (
  instance_id int not null,
  at timestamptz not null,
  duration_ms float8 not null,
  statement_id text not null,
  database_name text,
  user_name text,
  application text
) partition by range (at);
create index slow_execution_slowest on slow_execution (instance_id, duration_ms desc);
create index slow_execution_statement on slow_execution (statement_id, at);

-- How long the execution took that a plan was logged with. Null for plans that were not executed.
alter table plan add column duration_ms float8;

alter table compacted drop constraint compacted_tier_check;
alter table compacted add constraint compacted_tier_check
  check (tier in ('block', 'rollup', 'statement_minute', 'statement_hour', 'load_minute', 'log_minutes'));
