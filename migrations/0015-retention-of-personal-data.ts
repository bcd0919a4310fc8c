import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Each says when the retention has blanked what a batch held of people; null while it is there. Whole batches, so no large table gains a column. */
const up = `
alter table batches
  add column rejections_blanked_at timestamptz,
  add column recipients_blanked_at timestamptz,
  add column debtors_blanked_at timestamptz;
comment on column batches.rejections_blanked_at is 'When the retention blanked the raw rows and values of its rejections; null while they are kept.';
comment on column batches.recipients_blanked_at is 'When the retention blanked the recipients of its e-mails; null while they are kept.';
comment on column batches.debtors_blanked_at is 'When the retention blanked names, documents and addresses of its debts; null while they are kept.';
`;

export class RetentionOfPersonalData implements MigrationInterface {
  readonly name = 'retention-of-personal-data-0000000000015';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(up);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `alter table batches
         drop column rejections_blanked_at, drop column recipients_blanked_at, drop column debtors_blanked_at`,
    );
  }
}
