-- Applications whose metrics are fetched, in the words of Prometheus.
create table scrape (
  id int generated always as identity primary key,
  cluster_id int not null references cluster on delete cascade,
  service_id int not null references service on delete cascade,
  url text not null,
  -- Sealed, a bearer token.
  token text,
  -- Whoever finds it due moves it on and fetches.
  due_at timestamptz(3) not null default now(),
  last_at timestamptz(3),
  last_ok_at timestamptz(3),
  -- Points taken at last.
  points int,
  -- code, message, fix: why the last attempt failed.
  error jsonb,
  created_at timestamptz(3) not null default now(),
  created_by text not null,
  unique (service_id, url)
);
create index scrape_due on scrape (due_at);
