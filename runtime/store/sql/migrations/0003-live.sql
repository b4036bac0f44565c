-- What runs show to whoever watches them, and links for recording a login.

-- The newest frame of each watched run. Unlogged: it is of no use after a crash, and costs no write-ahead log.
create unlogged table live_frames (
  run_id uuid primary key references runs on delete cascade,
  page_number bigint not null default 0,
  frame_number bigint not null default 0,
  sealed_page text,
  sealed_frame text
);
-- Sealed bytes do not get smaller.
alter table live_frames alter column sealed_frame set storage external;
create sequence live_numbers;

-- Who watches: a viewer that has not been seen for some seconds is gone.
create unlogged table live_viewers (
  run_id uuid not null references runs on delete cascade,
  viewer_id uuid not null,
  seen_at timestamptz not null default now(),
  primary key (run_id, viewer_id)
);

create table recording_links (
  hash bytea primary key,
  run_id uuid not null references runs on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index recording_links_by_run on recording_links (run_id);

create table recording_visits (
  hash bytea primary key,
  run_id uuid not null references runs on delete cascade,
  expires_at timestamptz not null
);
create index recording_visits_by_run on recording_visits (run_id);
