import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Default_Ignorable_Code_Point, which ids are stored without. */
const INVISIBLE = String.raw`[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFF8\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A\U000E0000-\U000E0FFF]`;
const WHITE_SPACE = String.raw`[\u0009-\u000D\u0020\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]+`;

/**
 * Debt ids that look alike are one id, which is stored in one form. Versions before that stored ids as they came, and the
 * same file sent again would find no debt under the form of such an id, and bill it a second time. They get it here.
 *
 * Of debts of an issuer whose ids have the same form, the oldest gets it, unless one has it already; the others keep the id
 * that they were billed under. In every case one debt has the form: what is sent again under any of these ids is a
 * duplicate of that debt, or a conflict with it, and no debt. Those that kept their ids are reported by migrate.
 *
 * All debts are read once; only those with an id beyond visible ASCII are looked at closely.
 */
const up = `
create table debt_id_repairs (
  debt_id bigint not null,
  issuer_id uuid not null,
  original text not null,
  normal_form text not null,
  outcome text not null,
  constraint debt_id_repairs_pk primary key (debt_id),
  constraint debt_id_repairs_outcome_known check (outcome in ('renamed', 'collided'))
);
comment on table debt_id_repairs is
  'Debts that an earlier version stored under ids that were not in their one form.';
comment on column debt_id_repairs.debt_id is 'debts.id, not the id the issuer gave.';
comment on column debt_id_repairs.original is 'The id under which the debt was stored, printed and e-mailed.';
comment on column debt_id_repairs.outcome is 'renamed: the debt has the normal form now. collided: another debt has it, and this one kept its id.';

with untidy as (
  select id, issuer_id, debt_id,
    btrim(regexp_replace(
      normalize(regexp_replace(debt_id, '${INVISIBLE}', '', 'g'), NFC), '${WHITE_SPACE}', ' ', 'g')) as visible
  from debts
  where debt_id ~ '[^!-~]'
), formed as (
  select id, issuer_id, debt_id,
    -- An apostrophe that stood behind something invisible is the one of a spreadsheet.
    case when visible like '''%' and debt_id not like '''%' then btrim(substr(visible, 2)) else visible end as form
  from untidy
), changed as (
  select *, row_number() over (partition by issuer_id, form order by id) as nth
  from formed
  where form <> debt_id and form <> ''
)
insert into debt_id_repairs (debt_id, issuer_id, original, normal_form, outcome)
select c.id, c.issuer_id, c.debt_id, c.form,
  case when c.nth = 1 and not exists (select from debts d where d.issuer_id = c.issuer_id and d.debt_id = c.form)
    then 'renamed' else 'collided' end
from changed c;

update debts d set debt_id = r.normal_form
from debt_id_repairs r
where r.debt_id = d.id and r.outcome = 'renamed';
`;

/** The previous version reads either form; what was stored comes back. */
const down = `
update debts d set debt_id = r.original
from debt_id_repairs r
where r.debt_id = d.id and r.outcome = 'renamed'
  and not exists (select from debts o where o.issuer_id = r.issuer_id and o.debt_id = r.original);
drop table debt_id_repairs;
`;

export class OneFormOfDebtIds implements MigrationInterface {
  readonly name = 'one-form-of-debt-ids-0000000000017';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(up);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
