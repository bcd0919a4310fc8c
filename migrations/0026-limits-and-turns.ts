import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Organizations take turns at e-mails, and differ in their limits only by numbers.
 *
 * `mail_parts` is a hint and no promise: the messages of the notifier are. It tells a delivery of one organization that
 * another one waits behind it in the same queue. A row too many costs one look, a missing one costs a turn.
 */
const up = `
create table mail_parts (
  id bigint generated always as identity,
  organization_id uuid not null,
  batch_id uuid not null,
  chunk_no int not null,
  from_line bigint not null,
  to_line bigint,
  created_at timestamptz not null default now(),
  constraint mail_parts_pk primary key (id)
);
create index mail_parts_in_turn on mail_parts (organization_id, id);
create index mail_parts_of_chunk on mail_parts (batch_id, chunk_no);
comment on table mail_parts is 'Parts with boletos whose e-mails are not all sent, by organization. A hint: messages are what counts.';
comment on column mail_parts.from_line is 'Where the rest begins. It rises from slice to slice.';

create table mail_turns (
  organization_id uuid not null,
  taken_at timestamptz not null,
  constraint mail_turns_pk primary key (organization_id)
);
comment on table mail_turns is 'When e-mails of each organization were last begun: the next turn is that of the oldest.';

alter table organizations
  add constraint organizations_limits_are_positive
    check (not jsonb_path_exists(limits, '$.* ? (@.type() != "number" || @ < 1)')),
  add constraint organizations_weight_is_small
    check (not jsonb_path_exists(limits, '$.releaseWeight ? (@ > 100)'));
comment on column organizations.limits is
  'Limits that differ from the defaults, by the names of libs/contracts/src/http/access/limits.ts.';

create index batches_kept_of_organization on batches (organization_id) include (bytes) where file_removed_at is null;
`;

const down = `
drop index batches_kept_of_organization;
alter table organizations
  drop constraint organizations_weight_is_small,
  drop constraint organizations_limits_are_positive;
comment on column organizations.limits is 'Limits that differ from the defaults.';
drop table mail_turns;
drop table mail_parts;
`;

export class LimitsAndTurns implements MigrationInterface {
  readonly name = 'limits-and-turns-0000000000026';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(up);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
