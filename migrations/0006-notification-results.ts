import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a reader of a batch would otherwise count one by one: outcomes of e-mails, and the amount of boletos. The
 * triggers come first: they lock `notifications`, so that no outcome falls between them and the rows there already.
 */
const up = `
create table notification_results (
  id bigint generated always as identity,
  batch_id uuid not null,
  sent int not null,
  failed int not null,
  created_at timestamptz not null default now(),
  constraint notification_results_pk primary key (id),
  constraint notification_results_tell_something check (sent <> 0 or failed <> 0)
);
create index notification_results_by_batch on notification_results (batch_id);
comment on table notification_results is
  'By how much one statement changed the outcomes of a batch''s e-mails, below zero where it took one back. The triggers of notifications write it in the same transaction, so the sums are what counting would give.';
comment on constraint notification_results_tell_something on notification_results is
  'A statement that changes no outcome leaves no row.';

create function record_notification_results() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into notification_results (batch_id, sent, failed)
    select batch_id, count(*) filter (where status = 'sent'), count(*) filter (where status = 'failed')
    from new_rows
    where status in ('sent', 'failed')
    group by batch_id;
  elsif tg_op = 'UPDATE' then
    insert into notification_results (batch_id, sent, failed)
    select batch_id, sum(sent), sum(failed)
    from (
      select batch_id, (status = 'sent')::int as sent, (status = 'failed')::int as failed from new_rows
      union all
      select batch_id, -(status = 'sent')::int, -(status = 'failed')::int from old_rows
    ) changes
    group by batch_id
    having sum(sent) <> 0 or sum(failed) <> 0;
  else
    insert into notification_results (batch_id, sent, failed)
    select batch_id, -count(*) filter (where status = 'sent'), -count(*) filter (where status = 'failed')
    from old_rows
    where status in ('sent', 'failed')
    group by batch_id;
  end if;
  return null;
end
$$;
create trigger notifications_inserted after insert on notifications
  referencing new table as new_rows
  for each statement execute function record_notification_results();
create trigger notifications_updated after update on notifications
  referencing old table as old_rows new table as new_rows
  for each statement execute function record_notification_results();
create trigger notifications_deleted after delete on notifications
  referencing old table as old_rows
  for each statement execute function record_notification_results();

insert into notification_results (batch_id, sent, failed, created_at)
select batch_id, count(*) filter (where status = 'sent'), count(*) filter (where status = 'failed'), max(updated_at)
from notifications
where status in ('sent', 'failed')
group by batch_id;

alter table chunk_results
  add column centavos bigint,
  add constraint chunk_results_centavos_are_of_boletos check (centavos is null or (stage = 'issue' and centavos >= 0));
comment on column chunk_results.centavos is
  'Sum of the boletos that were issued; null at the other stage, and where an earlier version wrote the row.';
`;

const down = `
alter table chunk_results
  drop constraint chunk_results_centavos_are_of_boletos,
  drop column centavos;
drop trigger notifications_inserted on notifications;
drop trigger notifications_updated on notifications;
drop trigger notifications_deleted on notifications;
drop function record_notification_results;
drop table notification_results;
`;

export class NotificationResults implements MigrationInterface {
  /** TypeORM reads the last 13 characters as the migration's place in the order. */
  readonly name = 'notification-results-0000000000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(up);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
