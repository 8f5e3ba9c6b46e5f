-- What people handle. Times of the flow are stamped by lib/incident/phases, where their meaning stands.
create table incident (
  id int generated always as identity primary key,
  title text not null,
  severity text not null check (severity in ('warning', 'critical')),
  phase text not null default 'detect' check (phase in ('detect', 'triage', 'mitigate', 'fix', 'review', 'closed')),
  -- The cluster may go: its name stays.
  cluster_id int references cluster on delete set null,
  cluster_name text,
  opened_by text not null,
  started_at timestamptz not null,
  detected_at timestamptz not null,
  acknowledged_at timestamptz,
  mitigated_at timestamptz,
  resolved_at timestamptz,
  closed_at timestamptz,
  -- By what similar ones are found: rules that fired, statements, wait classes, the layer that moved first.
  traits jsonb not null default '{}',
  -- Written by people. The version keeps two of them from writing over each other.
  review jsonb not null default '{}',
  version int not null default 0,
  created_at timestamptz not null default now()
);
create index incident_open on incident (cluster_id) where closed_at is null;
create index incident_detected_at on incident (detected_at);

-- Alerts it was opened from or that were added.
create table incident_alert (
  incident_id int not null references incident on delete cascade,
  alert_id bigint not null,
  primary key (incident_id, alert_id)
);

-- What people did and said, and what the incident itself recorded. What servers did is read from event and alert.
create table incident_event (
  id bigint generated always as identity primary key,
  incident_id int not null references incident on delete cascade,
  at timestamptz not null,
  kind text not null check (kind in ('opened', 'phase', 'note', 'mitigation', 'review', 'recorded')),
  actor text not null,
  text text not null,
  details jsonb not null default '{}'
);
create index incident_event_incident on incident_event (incident_id, at);

-- Copies of what was known when it was opened: retention cannot take them. One that could not be read says why.
create table incident_evidence (
  id bigint generated always as identity primary key,
  incident_id int not null references incident on delete cascade,
  kind text not null,
  -- Of which server, where it is one's.
  instance text,
  at timestamptz not null,
  body jsonb,
  reason text,
  check ((body is null) = (reason is not null))
);
create index incident_evidence_incident on incident_evidence (incident_id);
