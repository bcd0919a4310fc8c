import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The counter of nossos números belongs to the account at the bank: issuers of one account share it. The database names
 * the account itself, so an app of the previous version registers issuers correctly too. Its boleto-generator would take
 * numbers from the issuer: it is refused with a serialization failure, which it tries again until it is replaced.
 *
 * The counter of an account begins above the numbers of all of its issuers. Sicredi's numbers begin again each year, so its
 * counter has the year in front (libs/boleto numbering.ts).
 */
const up = `
create table bank_accounts (
  id uuid not null,
  bank_code text not null,
  identity jsonb not null,
  identity_key text not null,
  next_nosso_numero bigint not null default 1,
  created_at timestamptz not null default now(),
  constraint bank_accounts_pk primary key (id),
  constraint bank_accounts_identity_once unique (bank_code, identity_key),
  constraint bank_accounts_next_nosso_numero_positive check (next_nosso_numero >= 1)
);
comment on table bank_accounts is
  'What a bank identifies a title by, beside its nosso número. All issuers of the account take numbers from one counter.';
comment on column bank_accounts.identity is 'The fields of issuers.account that name it, without leading zeros.';
comment on column bank_accounts.identity_key is 'The identity as text.';
comment on column bank_accounts.next_nosso_numero is 'The next number that is free. Blocks are taken from here, under a row lock.';

create function bank_account_identity(bank_code text, account jsonb) returns jsonb
language sql immutable parallel safe
return (
  select coalesce(jsonb_object_agg(f, ltrim(account ->> f, '0')), '{}')
  from unnest(case bank_code
    when '001' then array['convenio']
    when '033' then array['codigoBeneficiario']
    when '041' then array['agencia', 'codigoBeneficiario']
    when '077' then array['agencia', 'operacao', 'carteira']
    when '085' then array['agencia', 'conta']
    when '104' then array['codigoBeneficiario']
    when '422' then array['agencia', 'conta']
    when '707' then array['agencia', 'operacao', 'carteira']
    when '748' then array['agencia', 'posto', 'codigoBeneficiario']
    when '756' then array['agencia', 'codigoBeneficiario']
    else array['agencia', 'conta', 'carteira']
  end) f
  where account ? f
);
comment on function bank_account_identity is 'Why each bank has these fields: docs/bancos.md.';

alter table issuers add column bank_account_id uuid;
alter table issuers add constraint issuers_bank_account_exists foreign key (bank_account_id) references bank_accounts (id);
create index issuers_of_account on issuers (bank_account_id);
comment on column issuers.bank_account_id is 'Follows from bank_code and account; a trigger keeps it.';
comment on column issuers.next_nosso_numero is 'The first number that was asked for at registration. The counter is the one of the account.';

insert into bank_accounts (id, bank_code, identity, identity_key, next_nosso_numero)
select gen_random_uuid(), bank_code, bank_account_identity(bank_code, account), bank_account_identity(bank_code, account)::text,
  max(next_nosso_numero) + case bank_code when '748' then to_char(now(), 'YY')::bigint * 1000000 else 0 end
from issuers
group by 2, 3, 4;
update issuers i set bank_account_id = a.id
from bank_accounts a
where a.bank_code = i.bank_code and a.identity_key = bank_account_identity(i.bank_code, i.account)::text;

create function find_bank_account() returns trigger language plpgsql as $$
declare
  identity jsonb := bank_account_identity(new.bank_code, new.account);
begin
  -- The first registration makes the account, a later one waits for its commit and goes on with its counter.
  insert into bank_accounts as a (id, bank_code, identity, identity_key, next_nosso_numero)
  values (gen_random_uuid(), new.bank_code, identity, identity::text, greatest(new.next_nosso_numero, 1))
  on conflict (bank_code, identity_key) do update
    set next_nosso_numero = greatest(a.next_nosso_numero, excluded.next_nosso_numero)
  returning a.id into new.bank_account_id;
  return new;
end
$$;
create trigger issuers_have_their_account before insert or update of bank_code, account on issuers
  for each row execute function find_bank_account();

create function refuse_number_of_issuer() returns trigger language plpgsql as $$
begin
  raise exception 'nossos números are taken from bank_accounts: run the boleto-generator of this version'
    using errcode = 'serialization_failure';
end
$$;
create trigger issuers_give_no_numbers before update of next_nosso_numero on issuers
  for each row execute function refuse_number_of_issuer();

create trigger bank_accounts_are_kept before delete or truncate on bank_accounts
  for each statement execute function refuse_removal();
create trigger bank_accounts_keep_their_keys before update of id on bank_accounts
  for each statement execute function refuse_removal();
`;

/** An issuer goes on above all numbers of its account. */
const down = `
drop trigger issuers_give_no_numbers on issuers;
drop trigger issuers_have_their_account on issuers;
drop function refuse_number_of_issuer();
drop function find_bank_account();
update issuers i
set next_nosso_numero = case when a.bank_code = '748' and a.next_nosso_numero > 1000000
  then a.next_nosso_numero % 1000000 else a.next_nosso_numero end
from bank_accounts a where a.id = i.bank_account_id;
alter table issuers drop column bank_account_id;
drop table bank_accounts;
drop function bank_account_identity(text, jsonb);
comment on column issuers.next_nosso_numero is 'The next number that nobody has taken. Blocks are taken from here, under a row lock.';
`;

export class NumbersOfTheAccount implements MigrationInterface {
  readonly name = 'numbers-of-the-account-0000000000012';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(up);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
