/**
 * Objects that the harness adds to the schema: a ledger of every message that left the outbox, and places to hold a
 * process at. A place is a trigger that waits while the harness holds the lock of its name; no app knows of it.
 */
export const instruments = `
  create schema chaos;
  -- The triggers run as the apps' roles, which own nothing.
  grant usage on schema chaos to public;
  alter default privileges in schema chaos grant all on tables to public;
  alter default privileges in schema chaos grant all on sequences to public;
  create table chaos.published (message_id uuid, name text);
  create function chaos.note_published() returns trigger language plpgsql as $$
  begin
    insert into chaos.published select message_id, name from gone;
    return null;
  end $$;
  create trigger chaos_ledger after delete on outbox referencing old table as gone
    for each statement execute function chaos.note_published();

  create function chaos.hold() returns trigger language plpgsql as $$
  begin
    perform pg_advisory_xact_lock_shared(hashtext(tg_argv[0]));
    return null;
  end $$;
  create trigger chaos_split after insert on chunks for each statement execute function chaos.hold('split');
  create trigger chaos_delete after delete on outbox for each statement execute function chaos.hold('delete');
  create trigger chaos_mark after update on notifications for each row when (new.attempts > old.attempts)
    execute function chaos.hold('mark');
  create trigger chaos_begin after insert on inbox for each row execute function chaos.hold('begin');
  create constraint trigger chaos_commit after insert on inbox deferrable initially deferred
    for each row execute function chaos.hold('commit');
  create constraint trigger chaos_upload after insert on batches deferrable initially deferred
    for each row execute function chaos.hold('upload');
`;
