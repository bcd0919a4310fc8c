import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Tells whoever listens, as a transaction commits, that there is something to do: a message to publish, a chunk to
 * release, a batch to end. Triggers, because no writer can then forget it. The channels have no content, and nothing
 * depends on them but time: outbox-relay looks by itself as well.
 */
const up = `
create function tell_relays() returns trigger language plpgsql as $$
begin
  perform pg_notify(tg_argv[0], '');
  return null;
end
$$;
-- The tables in the order in which transactions write to them, for the previous version is at work meanwhile: each trigger
-- waits for the writers of its table, and whoever waits for us must hold nothing that we want next.
create trigger chunks_tell_relays after insert on chunks
  for each statement execute function tell_relays('billing_progress');

-- Not for what has yet to be issued: it finishes no chunk and ends no batch. It finds its table also where a restore has
-- emptied the search path.
create function tell_relays_of_results() returns trigger language plpgsql set search_path from current as $$
begin
  if exists (
    select from new_rows r
    join batches b on b.id = r.batch_id
    where r.stage = 'issue' or r.accepted = 0 or b.mode = 'validate'
  ) then
    perform pg_notify('billing_progress', '');
  end if;
  return null;
end
$$;
create trigger chunk_results_tell_relays after insert on chunk_results
  referencing new table as new_rows
  for each statement execute function tell_relays_of_results();
create trigger batches_tell_relays after update of status on batches
  for each row when (new.status = 'processing') execute function tell_relays('billing_progress');
create trigger outbox_tells_relays after insert on outbox
  for each statement execute function tell_relays('billing_outbox');
`;

const down = `
drop trigger chunks_tell_relays on chunks;
drop trigger chunk_results_tell_relays on chunk_results;
drop trigger batches_tell_relays on batches;
drop trigger outbox_tells_relays on outbox;
drop function tell_relays;
drop function tell_relays_of_results;
`;

export class WakeUps implements MigrationInterface {
  readonly name = 'wake-ups-0000000000009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(up);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
