import type { MigrationInterface, QueryRunner } from 'typeorm';

const up = `
alter table issuers
  add column mapping jsonb,
  add constraint issuers_mapping_is_an_object check (jsonb_typeof(mapping) = 'object');
comment on column issuers.mapping is
  'The titles of the columns of its files, by field, where they are not known ones; null for none. An upload may bring its own.';
comment on column batches.overrides is
  'What the uploader said of the file: delimiter, encoding, decimal, date, and the mapping of its columns, which may be the issuer''s.';
`;

const down = `
alter table issuers drop column mapping;
comment on column batches.overrides is 'The dialect the uploader asked for: delimiter, encoding, decimal, date.';
`;

export class MappingOfAnIssuer implements MigrationInterface {
  readonly name = 'mapping-of-an-issuer-0000000000014';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(up);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
