import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Nothing has called the function since boletos are laid beside their debts by the statement that inserts them. */
const up = `drop function debts_of_part`;

const down = `
create function debts_of_part(batch uuid, chunk int, first_line bigint, last_line bigint)
  returns table (debt_id bigint, issuer_id uuid, batch_id uuid, chunk_no int)
  language sql stable as $$
    select d.id, d.issuer_id, d.batch_id, d.chunk_no
    from debts d
    where d.batch_id = batch and d.chunk_no = chunk and d.line >= first_line
      and (last_line is null or d.line <= last_line)
    order by d.line
  $$;
comment on function debts_of_part is
  'The debts of a part of a chunk in line order. A function, so that boletos can be laid beside them place by place (rows from).';
`;

export class NoDebtsOfPart implements MigrationInterface {
  readonly name = 'no-debts-of-part-0000000000018';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(up);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
