-- Browsers that are signed in to the dashboard. What lets one in is in its cookie alone; here is only the hash of it.
create table dashboard_sessions (
  hash bytea primary key,
  -- Whatever ends the key ends the session.
  key_id uuid not null references api_keys (id) on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);

create index dashboard_sessions_by_key on dashboard_sessions (key_id);
create index dashboard_sessions_by_end on dashboard_sessions (expires_at);
