-- Samples. Written and read by lib/storage alone, partitions are made and dropped by lib/storage/tend.ts.

-- One stored line of numbers. A counter has two: as it was read ('value') and per second ('rate').
create table series (
  id int generated always as identity primary key,
  instance_id int not null,
  metric text not null,
  column_name text not null,
  kind text not null check (kind in ('gauge', 'counter', 'flag')),
  form text not null check (form in ('value', 'rate')),
  labels jsonb not null,
  unique (instance_id, metric, column_name, form, labels)
);

-- Which position of a hot row's array belongs to which series. A new layout begins when too many positions went unused.
create table layout (
  id int generated always as identity primary key,
  instance_id int not null,
  metric text not null,
  every_ms int not null check (every_ms > 0),
  retired_at timestamptz
);
create index layout_instance on layout (instance_id, metric);
create table slot (
  layout_id int not null references layout on delete cascade,
  position int not null,
  series_id int not null references series on delete cascade,
  primary key (layout_id, position)
);
create index slot_series on slot (series_id);

-- Hot tier: one row per (instance, metric, poll), "at" is the poll's scheduled time, a multiple of the interval.
create table hot_sample (
  layout_id int not null,
  at timestamptz not null,
  vals float8[] not null,
  primary key (layout_id, at)
) partition by range (at);

-- Cold tier: one row per series and hour, element n is the sample at hour + (n - 1) * step_ms.
create table block (
  series_id int not null,
  hour timestamptz not null,
  step_ms int not null,
  vals float8[] not null,
  primary key (series_id, hour)
) partition by range (hour);

-- Rollup for long ranges: one row per series and day, element n covers five minutes from day + (n - 1) * 5 min.
create table rollup (
  series_id int not null,
  day timestamptz not null,
  average float8[] not null,
  lowest float8[] not null,
  highest float8[] not null,
  samples float8[] not null,
  primary key (series_id, day)
) partition by range (day);

-- Hours and days that have moved to the colder tier.
create table compacted (
  tier text not null check (tier in ('block', 'rollup', 'statement_minute', 'statement_hour')),
  at timestamptz not null,
  primary key (tier, at)
);

-- A normalised statement, known by our own fingerprint.
create table statement (
  id text primary key,
  text text not null,
  kind text not null,
  tables text[] not null default '{}',
  truncated boolean not null default false,
  first_seen timestamptz not null default now()
);
create table statement_key (
  id int generated always as identity primary key,
  instance_id int not null,
  statement_id text not null references statement,
  userid text not null,
  dbid text not null,
  queryid text not null,
  toplevel boolean not null,
  user_name text,
  database_name text,
  unique (instance_id, userid, dbid, queryid, toplevel)
);
create index statement_key_statement on statement_key (statement_id);

-- One row per instance and poll: what each statement did in (from_at, to_at], an array per counter.
create table statement_reading (
  instance_id int not null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  partial text,
  hidden_calls float8,
  hidden_total_ms float8,
  evictions float8,
  key_ids int[] not null,
  calls float8[] not null,
  total_ms float8[] not null,
  sum_sq_ms float8[] not null,
  plan_ms float8[] not null,
  rows float8[] not null,
  blocks_hit float8[] not null,
  blocks_read float8[] not null,
  blocks_dirtied float8[] not null,
  blocks_written float8[] not null,
  temp_blocks_read float8[] not null,
  temp_blocks_written float8[] not null,
  read_ms float8[] not null,
  write_ms float8[] not null,
  wal_bytes float8[] not null,
  jit_ms float8[] not null,
  primary key (instance_id, to_at)
) partition by range (to_at);

-- Sums per hour (of deltas with to_at in (hour, hour + 1 h]), for ranking long windows.
create table statement_hour (
  like statement_reading,
  primary key (instance_id, to_at)
) partition by range (to_at);
