import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Chunks are announced a few at a time, and uploads are refused while the broker takes nothing. */
const up = `
alter table chunks
  add column released_at timestamptz default now(),
  add column finished_at timestamptz,
  add constraint chunks_finished_only_when_released check (finished_at is null or released_at is not null);
comment on column chunks.released_at is
  'When it was announced to be validated; null while it waits for its turn. The default is for chunks of an earlier version, which announced each as it was cut.';
comment on column chunks.finished_at is
  'When the release window saw that its rows had their outcomes, and gave its place to the next. Not progress: null for the last chunks of a batch, and a replay does not take it back.';
create index chunks_waiting on chunks (batch_id, chunk_no) where released_at is null;
create index chunks_in_flight on chunks (batch_id, chunk_no) where released_at is not null and finished_at is null;

create table publisher_blocks (
  relay uuid not null,
  blocked_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  constraint publisher_blocks_pk primary key (relay),
  constraint publisher_blocks_seen_since_blocked check (seen_at >= blocked_at)
);
comment on table publisher_blocks is 'Relays from which the broker takes nothing at the moment: a memory or disk alarm.';
comment on column publisher_blocks.relay is 'A name that a process gives itself when it starts.';
comment on column publisher_blocks.seen_at is 'The relay says it again every second; one that died says nothing any more.';
`;

const down = `
drop table publisher_blocks;
drop index chunks_in_flight, chunks_waiting;
alter table chunks
  drop constraint chunks_finished_only_when_released,
  drop column finished_at,
  drop column released_at;
`;

export class ReleaseWindow implements MigrationInterface {
  /** TypeORM reads the last 13 characters as the migration's place in the order. */
  readonly name = 'release-window-0000000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(up);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
