import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Ids in blocks: two sessions that took them one by one would write to the same end of the index in turns. A session that
 * ends leaves the rest of its block unused; of those there are 9 quintillion.
 *
 * Debts of older versions have no payer_name where it is their debtor's; whoever reads it takes the debtor's then.
 */
const up = `
alter table debts alter column id set cache 1000;
alter table debtors alter column id set cache 1000;
comment on column debts.payer_name is
  'The name on this row: the boleto prints what its own row says. Null is the debtor''s, which older versions left out.';
`;

const down = `
alter table debts alter column id set cache 1;
alter table debtors alter column id set cache 1;
comment on column debts.payer_name is
  'The name on this row where it is not the debtor''s: the boleto prints what its own row says.';
`;

export class DebtsInLineOrder implements MigrationInterface {
  readonly name = 'debts-in-line-order-0000000000011';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(up);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
