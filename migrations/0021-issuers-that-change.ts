import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * An issuer can be changed. Each change has a version, which is its ETag. A boleto is printed with the terms that its
 * issuer had when it was issued, so the terms that a change replaces are kept.
 *
 * The column next_nosso_numero may change together with the account, because it is what the new account is asked for.
 */
const up = `
alter table issuers
  add column version integer not null default 1,
  add column updated_at timestamptz not null default now();
update issuers set updated_at = created_at;
alter table issuers add constraint issuers_version_positive check (version >= 1);
comment on column issuers.version is 'Counts the changes, from 1: the ETag. A trigger counts.';
comment on column issuers.updated_at is 'When it was changed last, or registered. A trigger sets it.';

create table issuer_terms (
  issuer_id uuid not null,
  until timestamptz not null,
  especie text not null,
  instructions jsonb not null,
  fees jsonb not null,
  sacador jsonb,
  constraint issuer_terms_pk primary key (issuer_id, until),
  constraint issuer_terms_issuer_exists foreign key (issuer_id) references issuers (id)
);
comment on table issuer_terms is
  'The terms of an issuer''s boletos that were created before an instant and after the one before it. The present terms are in issuers.';
comment on column issuer_terms.until is 'The updated_at of the change that replaced them.';

create function note_change_of_issuer() returns trigger language plpgsql as $$
begin
  new.version := old.version + 1;
  new.updated_at := clock_timestamp();
  if (old.especie, old.instructions, old.fees, old.sacador)
    is distinct from (new.especie, new.instructions, new.fees, new.sacador) then
    insert into issuer_terms (issuer_id, until, especie, instructions, fees, sacador)
    values (old.id, new.updated_at, old.especie, old.instructions, old.fees, old.sacador);
  end if;
  return new;
end
$$;
create trigger issuers_note_their_changes before update on issuers
  for each row execute function note_change_of_issuer();

drop trigger issuers_give_no_numbers on issuers;
create trigger issuers_give_no_numbers before update of next_nosso_numero on issuers
  for each row when (new.bank_code = old.bank_code and new.account = old.account)
  execute function refuse_number_of_issuer();
`;

const down = `
drop trigger issuers_give_no_numbers on issuers;
create trigger issuers_give_no_numbers before update of next_nosso_numero on issuers
  for each row execute function refuse_number_of_issuer();
drop trigger issuers_note_their_changes on issuers;
drop function note_change_of_issuer();
drop table issuer_terms;
alter table issuers drop column updated_at, drop column version;
`;

export class IssuersThatChange implements MigrationInterface {
  readonly name = 'issuers-that-change-0000000000021';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(up);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
