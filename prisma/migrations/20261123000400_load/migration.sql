-- Average active sessions by everything they are sliced by. Written and read by lib/storage alone.

-- One combination of what tells active sessions apart. "name" is the combination itself, so that it is found again.
create table load_key (
  id int generated always as identity primary key,
  instance_id int not null,
  name text not null,
  state text not null,
  wait text not null,
  event text,
  user_name text,
  database_name text,
  application text,
  -- userid/dbid/queryid/toplevel, as in statement_key
  statement_name text,
  -- Known from a session that was seen executing it, also when it never ended well and so was never counted.
  statement_id text references statement,
  blocker text,
  last_seen timestamptz not null default now(),
  unique (instance_id, name)
);

-- One row per instance and poll: how many sessions were seen, summed over that many samples, per key.
create table load_reading (
  instance_id int not null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  samples int not null check (samples > 0),
  key_ids int[] not null,
  sessions float4[] not null,
  primary key (instance_id, to_at)
) partition by range (to_at);

alter table compacted drop constraint compacted_tier_check;
alter table compacted add constraint compacted_tier_check
  check (tier in ('block', 'rollup', 'statement_minute', 'statement_hour', 'load_minute'));
