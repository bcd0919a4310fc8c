import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which stages wait for a provider that is away, and of which class the failure of a dead letter was. */
const up = `
create table stage_breakers (
  stage text not null,
  reason text not null,
  openings int not null,
  opened_at timestamptz not null default now(),
  probe_at timestamptz not null,
  prober uuid,
  prober_until timestamptz,
  constraint stage_breakers_pk primary key (stage),
  constraint stage_breakers_openings_positive check (openings > 0),
  constraint stage_breakers_prober_for_a_while check ((prober is null) = (prober_until is null))
);
comment on table stage_breakers is
  'Stages whose circuit breaker is not closed: a provider is away, and nothing is taken until a probe succeeds. Workers look here every second.';
comment on column stage_breakers.stage is 'The name of its work queue.';
comment on column stage_breakers.reason is 'The last failure that opened it.';
comment on column stage_breakers.openings is '1 when it opened, and one more for each probe that failed.';
comment on column stage_breakers.probe_at is 'From when on one process may let a message through.';
comment on column stage_breakers.prober is 'The process that may: the breaker is half-open.';
comment on column stage_breakers.prober_until is 'When another may, should that one have died.';

alter table dead_letters add column failure_class text not null default 'unknown';
update dead_letters
set failure_class = case
  when headers ->> 'x-first-death-reason' = 'delivery_limit' then 'crash'
  when headers ->> 'x-queue' is not null then 'invalid'
  when headers ->> 'x-cause' = 'exhausted' then 'unknown'
  else 'permanent'
end;
alter table dead_letters
  add constraint dead_letters_failure_class_known check (failure_class in
    ('invalid', 'permanent', 'transient', 'throttled', 'unavailable', 'unknown', 'crash'));
comment on column dead_letters.failure_class is 'Of which class its last failure was: docs/reliability.md.';
`;

const down = `
alter table dead_letters drop column failure_class;
drop table stage_breakers;
`;

export class StageBreakers implements MigrationInterface {
  /** TypeORM reads the last 13 characters as the migration's place in the order. */
  readonly name = 'stage-breakers-0000000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(up);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
