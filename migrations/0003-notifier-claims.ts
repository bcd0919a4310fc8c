import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who sends an e-mail at the moment, and how many may be sent. */
const up = `
alter table notifications
  add column claimed_by uuid,
  add column claimed_until timestamptz,
  add constraint notifications_claim_ends check ((claimed_by is null) = (claimed_until is null));
comment on column notifications.claimed_by is
  'The delivery that sends it; null while nobody does. A name that a delivery gives itself.';
comment on column notifications.claimed_until is
  'When another may take it: whoever sends it says again every few seconds that it is at it, unless it died.';

create table token_buckets (
  name text not null,
  empty_at timestamptz not null default '-infinity',
  constraint token_buckets_pk primary key (name)
);
comment on table token_buckets is 'What all replicas together may do in a time: a token for each time, taken before.';
comment on column token_buckets.empty_at is
  'The bucket holds as many tokens as its rate gives from then until now, at most its burst. Rate and burst are configuration.';
`;

const down = `
drop table token_buckets;
alter table notifications
  drop constraint notifications_claim_ends,
  drop column claimed_until,
  drop column claimed_by;
`;

export class NotifierClaims implements MigrationInterface {
  /** TypeORM reads the last 13 characters as the migration's place in the order. */
  readonly name = 'notifier-claims-0000000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(up);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
