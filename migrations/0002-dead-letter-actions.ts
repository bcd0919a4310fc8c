import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a person does with dead letters, and which stages somebody has paused. */
const up = `
alter table dead_letters
  add column fingerprint text,
  add column replayed_as uuid,
  add column replay_of bigint,
  add column settled_at timestamptz;
update dead_letters
set fingerprint = left(encode(sha256(convert_to(queue || ' ' || reason, 'UTF8')), 'hex'), 16),
    settled_at = case when status <> 'open' then now() end;
alter table dead_letters
  alter column fingerprint set not null,
  add constraint dead_letters_fingerprint_is_hex check (fingerprint ~ '^[0-9a-f]{16}$'),
  add constraint dead_letters_settled_is_dated check ((status = 'open') = (settled_at is null));
comment on column dead_letters.fingerprint is
  'The same for letters of one queue that died of the same: the reason without its numbers, ids and quoted values, and the class of the error.';
comment on column dead_letters.replayed_as is 'Id of the message that its replay published.';
comment on column dead_letters.replay_of is 'The letter whose replay this is: it failed again. That letter may have been purged since.';
comment on column dead_letters.settled_at is 'When it was replayed or discarded; null while it is open.';
drop index dead_letters_open;
create index dead_letters_by_status on dead_letters (status, id);
create index dead_letters_by_fingerprint on dead_letters (fingerprint, id);
create index dead_letters_by_batch on dead_letters (batch_id, id) where batch_id is not null;
create index dead_letters_settled on dead_letters (settled_at) where settled_at is not null;
create unique index dead_letters_replay_once on dead_letters (replayed_as) where replayed_as is not null;
comment on index dead_letters_replay_once is 'A message is the replay of one letter.';
create index dead_letters_replays on dead_letters (replay_of) where replay_of is not null;

create table dead_letter_actions (
  id bigint generated always as identity,
  action text not null,
  operator text not null,
  selection jsonb not null,
  per_second int,
  letters int not null default 0,
  refusals jsonb not null default '{}',
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  constraint dead_letter_actions_pk primary key (id),
  constraint dead_letter_actions_action_known check (action in ('replay', 'discard', 'restore')),
  constraint dead_letter_actions_operator_not_empty check (operator <> ''),
  constraint dead_letter_actions_letters_not_negative check (letters >= 0),
  constraint dead_letter_actions_per_second_positive check (per_second > 0)
);
comment on table dead_letter_actions is 'Who did what to which dead letters, and when.';
comment on column dead_letter_actions.operator is 'The X-Operator of the request, or api.';
comment on column dead_letter_actions.selection is 'The ids or the filter that were asked for.';
comment on column dead_letter_actions.letters is 'Letters it was done to, counted in the transactions that did it.';
comment on column dead_letter_actions.refusals is 'Letters that could not be replayed, by code.';
comment on column dead_letter_actions.finished_at is 'Null while it runs, or when its process died on the way: what it did by then is done.';

create table dead_letter_histories (
  dead_letter_id bigint not null,
  action_id bigint not null,
  constraint dead_letter_histories_pk primary key (dead_letter_id, action_id),
  constraint dead_letter_histories_letter_exists foreign key (dead_letter_id) references dead_letters (id) on delete cascade,
  constraint dead_letter_histories_action_exists foreign key (action_id) references dead_letter_actions (id)
);
comment on table dead_letter_histories is 'The actions that took effect on a dead letter.';

create table stage_pauses (
  stage text not null,
  operator text not null,
  reason text,
  paused_at timestamptz not null default now(),
  constraint stage_pauses_pk primary key (stage),
  constraint stage_pauses_operator_not_empty check (operator <> '')
);
comment on table stage_pauses is 'Stages that take nothing new until somebody resumes them. Workers look here every second.';
comment on column stage_pauses.stage is 'The name of its work queue.';

alter table batches add column file_removed_at timestamptz;
comment on column batches.file_removed_at is 'When the retention removed the file; null while it is kept.';
create index batches_with_file on batches (received_at) where file_removed_at is null;
`;

const down = `
drop index batches_with_file;
alter table batches drop column file_removed_at;
drop table stage_pauses, dead_letter_histories, dead_letter_actions;
drop index dead_letters_by_status, dead_letters_by_fingerprint, dead_letters_by_batch, dead_letters_settled,
  dead_letters_replay_once, dead_letters_replays;
alter table dead_letters
  drop constraint dead_letters_settled_is_dated,
  drop constraint dead_letters_fingerprint_is_hex,
  drop column fingerprint,
  drop column replayed_as,
  drop column replay_of,
  drop column settled_at;
create index dead_letters_open on dead_letters (created_at desc, id) where status = 'open';
`;

export class DeadLetterActions implements MigrationInterface {
  /** TypeORM reads the last 13 characters as the migration's place in the order. */
  readonly name = 'dead-letter-actions-0000000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(up);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
