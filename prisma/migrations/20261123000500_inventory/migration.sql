-- What exists in each database of an instance, as it was last read. Written by the lease holder alone.
create table inventory (
  instance_id int not null references instance on delete cascade,
  database text not null,
  -- The last attempt. The body has its own time.
  at timestamptz(3) not null,
  -- lib/inventory/inventory.ts. Null when it could never be read.
  body jsonb,
  -- {"code","message","fix"}: why the last attempt failed. Null when it did not.
  error jsonb,
  primary key (instance_id, database)
);

-- How often each index had been scanned on the last reading of each day, as the server counts: tells what is unused over time.
create table index_use (
  instance_id int not null references instance on delete cascade,
  database text not null,
  index_oid text not null,
  day date not null,
  table_name text not null,
  index_name text not null,
  scans bigint not null,
  -- Null when the server does not say.
  counted_since timestamptz(3),
  primary key (instance_id, database, index_oid, day)
);

-- The settings of an instance as they were last read.
create table instance_settings (
  instance_id int primary key references instance on delete cascade,
  -- The last attempt.
  at timestamptz(3) not null,
  -- lib/inventory/settings.ts. Null when they could never be read.
  body jsonb,
  error jsonb
);
