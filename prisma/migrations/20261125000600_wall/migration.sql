-- Screens that anybody may look at who has the link. Of the link only its hash is kept.
create table wall (
  id int generated always as identity primary key,
  name text not null,
  hash text not null unique,
  -- What it shows: clusters, panels, seconds, size, theme, language, zone, names, sql.
  settings jsonb not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  last_seen timestamptz,
  -- Addresses that opened it, the newest 20.
  addresses text[] not null default '{}'
);
