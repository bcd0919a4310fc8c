import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What became of the rows, in one place. `part_accounts` says what one result adds to the account of its batch; the other two
 * are its sums. The planner inlines all three, and computes only the columns that a statement asks for: chunk_results_pk gives
 * the results of a batch, or of a chunk, in one range.
 *
 * A stage is a set of columns here: a new one gets its own, and a line in is_finished.
 */
const up = `
create view part_accounts as
select r.batch_id, r.chunk_no, r.stage, r.from_line, r.to_line,
       case when at.validating then r.rows else 0 end as validated,
       case when at.validating then r.accepted else 0 end as to_issue,
       case when at.issuing then r.rows else 0 end as issuing_done,
       case when at.issuing then r.accepted else 0 end as boletos,
       case when at.validating then r.accepted else r.accepted - r.rows end as accepted,
       r.duplicate, r.rejected, r.dead,
       case when at.issuing then r.centavos end as centavos,
       at.issuing and r.accepted > 0 and r.centavos is null as is_unpriced,
       case when at.validating then r.created_at end as validated_at,
       case when at.issuing then r.created_at end as issued_at
from chunk_results r
cross join lateral (select r.stage = 'validate' as validating, r.stage = 'issue' as issuing) at;
comment on view part_accounts is
  'What each row of chunk_results adds to the account of its chunk and of its batch.';
comment on column part_accounts.to_issue is
  'Rows that validating accepted: each must have an outcome at issuing, unless the batch is only validated.';
comment on column part_accounts.accepted is
  'Below zero at issuing for rows that it did not accept: they are no longer what validating said. A row is counted once.';

create view chunk_accounts as
select c.batch_id, c.chunk_no, c.rows as read, s.validated, s.to_issue, s.issuing_done, s.parts_validated,
       s.accepted, s.duplicate, s.rejected, s.dead,
       s.validated = c.rows and (b.mode = 'validate' or s.issuing_done = s.to_issue) as is_finished
from chunks c
join batches b on b.id = c.batch_id
cross join lateral (
  select coalesce(sum(p.validated), 0) as validated,
         coalesce(sum(p.to_issue), 0) as to_issue,
         coalesce(sum(p.issuing_done), 0) as issuing_done,
         count(p.validated_at) as parts_validated,
         coalesce(sum(p.accepted), 0) as accepted,
         coalesce(sum(p.duplicate), 0) as duplicate,
         coalesce(sum(p.rejected), 0) as rejected,
         coalesce(sum(p.dead), 0) as dead
  from part_accounts p
  where p.batch_id = c.batch_id and p.chunk_no = c.chunk_no
) s;
comment on view chunk_accounts is
  'What became of the rows of each chunk up to now. Finished: every row read was validated, and every accepted one issued or dead.';

create view batch_accounts as
select b.id as batch_id, b.rows_read as read, s.validated, s.to_issue, s.issuing_done, s.boletos,
       s.accepted, s.duplicate, s.rejected, s.dead,
       s.centavos, s.unpriced_parts, s.validated_at, s.issued_at,
       b.rows_read = s.validated and (b.mode = 'validate' or s.issuing_done = s.to_issue) as is_finished
from batches b
cross join lateral (
  select coalesce(sum(p.validated), 0) as validated,
         coalesce(sum(p.to_issue), 0) as to_issue,
         coalesce(sum(p.issuing_done), 0) as issuing_done,
         coalesce(sum(p.boletos), 0) as boletos,
         coalesce(sum(p.accepted), 0) as accepted,
         coalesce(sum(p.duplicate), 0) as duplicate,
         coalesce(sum(p.rejected), 0) as rejected,
         coalesce(sum(p.dead), 0) as dead,
         coalesce(sum(p.centavos), 0) as centavos,
         count(*) filter (where p.is_unpriced) as unpriced_parts,
         max(p.validated_at) as validated_at,
         max(p.issued_at) as issued_at
  from part_accounts p
  where p.batch_id = b.id
) s;
comment on view batch_accounts is
  'The promise: read = accepted + duplicate + rejected + dead, once a batch is finished. Every program that tells one of these reads them here; only test/chaos and test/bench have formulas of their own, as independent witnesses.';
comment on column batch_accounts.read is 'Null until the last byte of the file has been seen.';
comment on column batch_accounts.is_finished is 'Null until the last byte of the file has been seen.';
comment on column batch_accounts.unpriced_parts is
  'Parts whose boletos an earlier version issued without adding them up: then centavos is too low.';
`;

const down = `
drop view batch_accounts;
drop view chunk_accounts;
drop view part_accounts;
`;

export class ThePromiseAsViews implements MigrationInterface {
  readonly name = 'the-promise-as-views-0000000000019';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(up);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
