import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Work that is due and that no message announces any more: found and announced again by outbox-relay. */
const up = `
create table missing_messages (
  name text not null,
  body jsonb not null,
  batch_id uuid not null,
  missing_since timestamptz not null default now(),
  announcements int not null default 0,
  announced_at timestamptz,
  recovered_at timestamptz,
  constraint missing_messages_pk primary key (name, body),
  constraint missing_messages_announcements_not_negative check (announcements >= 0),
  constraint missing_messages_announced_is_dated check ((announcements = 0) = (announced_at is null))
);
comment on table missing_messages is
  'Messages that must be somewhere, because their work is not done, and were found nowhere: no queue, no retry, no outbox, no dead letter.';
comment on column missing_messages.body is 'What the lost message said, derived from the work that is not done.';
comment on column missing_messages.missing_since is 'Since when each look has missed it.';
comment on column missing_messages.announcements is 'How often it was published again.';
comment on column missing_messages.recovered_at is 'When it was found, or its work done; null while it is missing.';
comment on constraint missing_messages_pk on missing_messages is 'Of relays that look at the same time, one announces.';
`;

const down = `
drop table missing_messages;
`;

export class MissingMessages implements MigrationInterface {
  readonly name = 'missing-messages-0000000000013';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(up);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
