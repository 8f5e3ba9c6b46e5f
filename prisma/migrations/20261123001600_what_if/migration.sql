-- What the planner of the server said when it was asked with an advised index that does not exist (hypopg).
create table what_if (
  instance_id int not null references instance on delete cascade,
  advice_id text not null,
  -- The index as it was advised then: another one is asked about anew.
  sql text not null,
  at timestamptz not null,
  status text not null check (status in ('used', 'unused', 'unknown')),
  cost_before float8,
  cost_after float8,
  bytes float8,
  reason text,
  primary key (instance_id, advice_id)
);
