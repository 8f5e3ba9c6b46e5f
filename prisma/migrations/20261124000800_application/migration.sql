-- The application layer: services, their routes, what they served and which statements they ran. Written by lib/storage alone.

create table service (
  id int generated always as identity primary key,
  namespace text not null,
  name text not null,
  environment text not null,
  cluster_id int references cluster on delete set null,
  -- Who said which cluster the service works with: a person, whose word stays, or the addresses in its traces.
  mapped_by text check (mapped_by in ('person', 'traces')),
  first_seen timestamptz not null default now(),
  last_seen timestamptz not null default now(),
  unique (namespace, name, environment)
);

-- Bounded: what a service sends beyond its two hundredth route is summed in one called "(others)".
create table service_route (
  id int generated always as identity primary key,
  service_id int not null references service on delete cascade,
  name text not null,
  unique (service_id, name)
);

-- Where each counter of each process stood last, so that the next value gives what happened in between.
create table service_stream (
  service_id int not null references service on delete cascade,
  key text not null,
  last_at timestamptz not null,
  state jsonb not null,
  primary key (service_id, key)
);
create index service_stream_last_at on service_stream (last_at);

-- What a route served in a minute. Durations are counted in intervals of ms, each row with its own, which can be added
-- whatever they are. Route 0 is the whole service, and is there
-- for each minute it reported of: where it is and a route is not, the route served nothing.
create table service_minute (
  service_id int not null,
  route_id int not null,
  source text not null check (source in ('metrics', 'traces')),
  at timestamptz not null,
  requests float8 not null,
  errors float8 not null,
  total_ms float8 not null,
  lows float4[] not null,
  highs float4[] not null,
  counts float8[] not null,
  -- Of traces alone: where the time of these requests went, in ms.
  database_ms float8 not null default 0,
  network_ms float8 not null default 0,
  other_ms float8 not null default 0,
  -- Requests that called another service whose own time is known, so that the rest is the network's.
  network_requests float8 not null default 0,
  primary key (service_id, route_id, source, at)
) partition by range (at);

-- Which statements the traced requests of a route ran, in bins of ten minutes.
create table service_statement (
  service_id int not null,
  route_id int not null,
  statement_id text not null,
  at timestamptz not null,
  calls float8 not null,
  requests float8 not null,
  total_ms float8 not null,
  -- Requests that ran it at least ten times, and the most often that one did.
  repeated_requests float8 not null,
  most int not null,
  primary key (service_id, route_id, statement_id, at)
) partition by range (at);

-- A few traces to look at: the slowest of each ten minutes and those with repeated statements.
create table service_trace (
  service_id int not null,
  route_id int not null,
  trace_id text not null,
  span_id text not null,
  at timestamptz not null,
  duration_ms float8 not null,
  database_ms float8 not null,
  calls int not null,
  failed boolean not null,
  repeated_statement_id text,
  repeated int not null,
  primary key (service_id, trace_id, span_id, at)
) partition by range (at);

-- What a service promises: "availability" is the share of requests without an error, "latency" the share within threshold_ms.
create table service_objective (
  id int generated always as identity primary key,
  service_id int not null references service on delete cascade,
  kind text not null check (kind in ('availability', 'latency')),
  target float8 not null check (target > 0 and target < 1),
  threshold_ms float8 check (threshold_ms > 0),
  window_days int not null default 30 check (window_days between 1 and 90),
  created_by text not null,
  created_at timestamptz not null default now(),
  check ((kind = 'latency') = (threshold_ms is not null))
);
create index service_objective_service on service_objective (service_id);

-- How long each part of a request may take, in ms. A service without a row has the lecture's 40, 30, 20 and 10.
create table service_budget (
  service_id int primary key references service on delete cascade,
  application_ms float8 not null check (application_ms >= 0),
  database_ms float8 not null check (database_ms >= 0),
  network_ms float8 not null check (network_ms >= 0),
  other_ms float8 not null check (other_ms >= 0)
);
