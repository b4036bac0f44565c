-- Jobs, queues, and what became of deliveries.

create table jobs (
  project_id uuid not null references projects on delete cascade,
  id text not null,
  -- What people see: secrets masked.
  definition jsonb not null,
  sealed_definition jsonb not null,
  state text not null default 'active',
  reason jsonb,
  -- `deployment`: declared in the project, so that only a deployment changes it.
  origin text not null default 'api',
  -- The next firing by the schedule, and when it is made: jitter apart.
  next_nominal_at timestamptz,
  next_run_at timestamptz,
  last_run_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (project_id, id)
);
create index jobs_that_are_due on jobs (next_run_at) where state = 'active' and next_run_at is not null;

create table job_runs (
  id uuid primary key,
  project_id uuid not null,
  job_id text not null,
  type text not null,
  status text not null,
  -- The job as it was when it was triggered, so that a later change does not reach into it.
  definition jsonb not null,
  sealed_definition jsonb not null,
  deployment_id uuid references deployments,
  -- The firing it was made for; one firing makes one job run, on however many servers.
  scheduled_for timestamptz,
  idempotency_key text,
  payloads integer not null default 0,
  successful_runs integer not null default 0,
  failed_runs integer not null default 0,
  canceled_runs integer not null default 0,
  reason jsonb,
  error jsonb,
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  foreign key (project_id, job_id) references jobs (project_id, id) on delete cascade,
  unique (project_id, job_id, scheduled_for),
  unique (project_id, job_id, idempotency_key)
);
create index job_runs_of_job on job_runs (project_id, job_id, id desc);
create unique index job_runs_active on job_runs (project_id, job_id) where status in ('running', 'pausing', 'paused');
create index job_runs_by_age on job_runs (ended_at) where ended_at is not null;

create table queues (
  project_id uuid not null references projects on delete cascade,
  id text not null,
  definition jsonb not null,
  sealed_definition jsonb not null,
  state text not null default 'active',
  reason jsonb,
  origin text not null default 'api',
  -- Nothing is released before: the random pause between two items.
  next_release_at timestamptz,
  -- When to look at it again although nothing happened.
  wake_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (project_id, id)
);
create index queues_to_wake on queues (wake_at) where wake_at is not null;

create table repeat_items (
  id uuid primary key,
  project_id uuid not null,
  queue_id text not null,
  shown jsonb not null,
  sealed_item jsonb not null,
  every_ms bigint not null,
  next_at timestamptz not null,
  last_run_id uuid,
  created_at timestamptz not null default now(),
  foreign key (project_id, queue_id) references queues (project_id, id) on delete cascade
);
create index repeat_items_due on repeat_items (next_at);
create index repeat_items_of_queue on repeat_items (project_id, queue_id, id);

-- A run of a job or a queue is recorded at once and waits here, unreleased, until its turn comes; then the engine gets it.
alter table runs add column job_id text;
alter table runs add column job_run_id uuid;
alter table runs add column queue_id text;
alter table runs add column released_at timestamptz default now();
alter table runs add column position bigint;
alter table runs add column payload_hash text;
create sequence run_positions;
create index runs_of_job_run on runs (job_run_id, id) where job_run_id is not null;
create index runs_of_job_run_by_payload on runs (job_run_id, payload_hash) where job_run_id is not null;
create index runs_of_queue on runs (project_id, queue_id, id desc) where queue_id is not null;
create index runs_of_queue_by_start on runs (project_id, queue_id, started_at desc) where queue_id is not null;
create index runs_held_by_job_run on runs (job_run_id, priority desc, position) where released_at is null and status = 'pending';
create index runs_held_by_queue on runs (project_id, queue_id, priority desc, position) where released_at is null and status = 'pending';
create index runs_active_of_job_run on runs (job_run_id) where job_run_id is not null and released_at is not null and status in ('pending', 'started', 'awaiting-input');
create index runs_active_of_queue on runs (project_id, queue_id) where queue_id is not null and released_at is not null and status in ('pending', 'started', 'awaiting-input');

-- Secrets that webhooks of a project are signed with. The one that replaced another works beside it for a while.
create table signing_secrets (
  id uuid primary key,
  project_id uuid not null references projects on delete cascade,
  sealed_secret jsonb not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz
);
create index signing_secrets_of_project on signing_secrets (project_id);

alter table deliveries add column target text not null default '';
alter table deliveries add column job_run_id uuid;
alter table deliveries add column last_attempt_at timestamptz;
-- Until then it is tried again; a replay begins anew.
alter table deliveries add column give_up_at timestamptz not null default now() + interval '24 hours';
create index deliveries_of_project on deliveries (project_id, id desc);
