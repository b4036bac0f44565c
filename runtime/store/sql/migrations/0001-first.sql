-- Everything a hosted runtime keeps. Columns named sealed_… hold boxes that only the seal key opens.

-- One box that tells whether a process has the right seal key, before it does any harm with a wrong one.
create table seal_check (
  id integer primary key check (id = 1),
  sealed_text jsonb not null
);

create table workspaces (
  id uuid primary key,
  name text not null,
  created_at timestamptz not null default now()
);

create table projects (
  id uuid primary key,
  workspace_id uuid not null references workspaces on delete cascade,
  name text not null,
  live_deployment_id uuid,
  created_at timestamptz not null default now(),
  unique (workspace_id, name)
);

-- Archives lie here rather than in a folder: every worker of every machine can fetch them, and activation is one transaction.
create table deployments (
  id uuid primary key,
  project_id uuid not null references projects on delete cascade,
  content_hash text not null,
  manifest jsonb not null,
  archive bytea not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  activated_at timestamptz,
  unique (project_id, content_hash)
);
alter table projects add foreign key (live_deployment_id) references deployments (id);

create table project_env (
  project_id uuid not null references projects on delete cascade,
  name text not null,
  sealed_value jsonb not null,
  updated_at timestamptz not null default now(),
  primary key (project_id, name)
);

create table project_store (
  project_id uuid not null references projects on delete cascade,
  key text not null,
  sealed_value jsonb not null,
  primary key (project_id, key)
);

create table api_keys (
  id uuid primary key,
  workspace_id uuid not null references workspaces on delete cascade,
  project_id uuid references projects on delete cascade,
  name text not null,
  scope text not null,
  hash bytea not null unique,
  hint text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);

create table audit (
  id bigint generated always as identity primary key,
  workspace_id uuid not null references workspaces on delete cascade,
  at timestamptz not null default now(),
  actor text not null,
  action text not null,
  subject text not null,
  details jsonb not null default '{}'
);
create index audit_by_workspace on audit (workspace_id, id desc);

create table auth_sessions (
  project_id uuid not null references projects on delete cascade,
  id text not null,
  summary jsonb not null,
  version integer not null,
  sealed_secrets jsonb not null,
  -- How often it is checked although no run needs it; null: as the project's settings say.
  check_every_ms bigint,
  mode text,
  -- A check that was asked for is not asked for again before this.
  next_check_at timestamptz,
  primary key (project_id, id)
);

create table auth_session_history (
  id bigint generated always as identity primary key,
  project_id uuid not null references projects on delete cascade,
  auth_session_id text not null,
  at timestamptz not null default now(),
  event text not null,
  details jsonb not null default '{}'
);
create index auth_session_history_by_session on auth_session_history (project_id, auth_session_id, id desc);

create table runs (
  id uuid primary key,
  workspace_id uuid not null references workspaces on delete cascade,
  project_id uuid not null references projects on delete cascade,
  deployment_id uuid not null references deployments,
  target text not null,
  kind text not null,
  api text,
  auth_session_id text,
  exclusive_key text,
  status text not null default 'pending',
  sealed_request jsonb,
  parameters jsonb not null,
  priority integer not null,
  not_before timestamptz,
  timeout_ms bigint not null,
  maximum_attempts integer not null,
  trace boolean not null,
  attempt integer not null default 0,
  delivery integer not null default 0,
  attempts jsonb not null default '[]',
  origin text not null,
  retry_of uuid,
  idempotency_key text,
  request_hash text not null,
  traceparent text,
  worker_id uuid,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  ended_at timestamptz,
  cancel_requested_at timestamptz,
  result json,
  error jsonb,
  outcome jsonb
);
create unique index runs_by_idempotency_key on runs (project_id, idempotency_key) where idempotency_key is not null;
create index runs_of_project on runs (project_id, id desc);
create index runs_of_project_by_status on runs (project_id, status, id desc);
create index runs_of_project_by_api on runs (project_id, api, id desc);
create index runs_of_auth_session on runs (project_id, auth_session_id, id desc) where auth_session_id is not null;
create index runs_that_wait on runs (project_id) where status = 'pending';
create index runs_that_go_on on runs (project_id, worker_id) where status in ('started', 'awaiting-input');
create index runs_that_ended on runs (ended_at) where ended_at is not null;

create table run_events (
  id bigint generated always as identity primary key,
  run_id uuid not null references runs on delete cascade,
  event jsonb not null
);
create index run_events_by_run on run_events (run_id, id);

create table prompts (
  id uuid primary key,
  run_id uuid not null references runs on delete cascade,
  question jsonb not null,
  asked_at timestamptz not null default now(),
  expires_at timestamptz not null,
  sealed_answer jsonb,
  answered_at timestamptz,
  closed_at timestamptz
);
create index prompts_by_run on prompts (run_id);
create index prompts_open on prompts (asked_at) where answered_at is null and closed_at is null;

create table artifacts (
  run_id uuid not null references runs on delete cascade,
  name text not null,
  size_bytes bigint not null,
  primary key (run_id, name)
);

create table workers (
  id uuid primary key,
  host text not null,
  pid integer not null,
  version text not null,
  slots integer not null,
  busy integer not null default 0,
  state text not null default 'running',
  memory_bytes bigint not null default 0,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now()
);

-- Webhooks that are still to be delivered, or were. The engine's queue "deliveries" says when.
create table deliveries (
  id uuid primary key,
  workspace_id uuid not null references workspaces on delete cascade,
  project_id uuid references projects on delete cascade,
  kind text not null,
  run_id uuid,
  sealed_target jsonb not null,
  body json not null,
  attempts integer not null default 0,
  last_error text,
  created_at timestamptz not null default now(),
  delivered_at timestamptz,
  failed_at timestamptz
);
create index deliveries_by_age on deliveries (created_at);
