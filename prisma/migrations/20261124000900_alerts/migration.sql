-- Rules that were changed or made by people. A default of a definition is not stored until somebody changes it.
create table rule (
  id text primary key,
  body jsonb not null,
  updated_at timestamptz not null default now(),
  updated_by text not null
);
create sequence rule_number;

-- One row for a rule, an instance and a set of labels that was ever more than ok. All that is remembered is in "state".
create table alert (
  id bigint generated always as identity primary key,
  rule_id text not null,
  instance_id int not null,
  labels jsonb not null,
  -- The condition the state was reached with, so that an edit is seen.
  condition jsonb not null,
  state jsonb not null,
  phase text not null generated always as (state ->> 'phase') stored,
  facts jsonb not null,
  acked_by text,
  unique (rule_id, instance_id, labels)
);
create index alert_phase on alert (phase);

create table alert_transition (
  id bigint generated always as identity primary key,
  alert_id bigint not null references alert on delete cascade,
  at timestamptz not null,
  body jsonb not null,
  actor text
);
create index alert_transition_alert on alert_transition (alert_id, at);
create index alert_transition_at on alert_transition (at);

create table silence (
  id int generated always as identity primary key,
  kind text not null check (kind in ('silence', 'maintenance')),
  rule_id text,
  instance_id int,
  cluster_id int,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  reason text not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  check (ends_at > starts_at)
);
create index silence_ends_at on silence (ends_at);

create table channel (
  id int generated always as identity primary key,
  name text not null unique,
  kind text not null check (kind in ('slack', 'webhook', 'pagerduty', 'email')),
  -- Sealed by lib/secret: the address of a webhook, a routing key, a password. Only the collector opens it.
  secret text,
  settings jsonb not null default '{}',
  language text not null default 'en',
  least_level text not null default 'warning',
  enabled boolean not null default true,
  -- Why it cannot be delivered to, and since when.
  broken jsonb,
  -- Nothing is sent before: one message a second, and what the other side asked for.
  next_at timestamptz not null default now(),
  busy_until timestamptz,
  busy_by text,
  created_at timestamptz not null default now()
);

-- The outbox, written in the transaction of the change it tells.
create table delivery (
  id bigint generated always as identity primary key,
  channel_id int not null references channel on delete cascade,
  alert_id bigint,
  transition_id bigint,
  message text not null check (message in ('firing', 'resolved', 'repeat', 'test', 'broken')),
  content jsonb not null,
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'dead')),
  attempts int not null default 0,
  plain boolean not null default false,
  next_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  unique (channel_id, transition_id)
);
create index delivery_waiting on delivery (channel_id, id) where state = 'waiting';
create index delivery_created_at on delivery (created_at);

create table delivery_attempt (
  id bigint generated always as identity primary key,
  delivery_id bigint not null references delivery on delete cascade,
  at timestamptz not null default now(),
  outcome text not null,
  status int,
  answer text,
  duration_ms int not null
);
create index delivery_attempt_delivery on delivery_attempt (delivery_id);
