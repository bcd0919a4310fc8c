import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Null is also what a version leaves that cuts chunks of one size: who goes on with its batch does so too. */
const up = `
alter table batches add column first_chunk_bytes int;
comment on column batches.first_chunk_bytes is
  'The size its first chunk has and from which the next ones grow to chunk_bytes. Null where all are of that size.';
`;

export class ChunksThatGrow implements MigrationInterface {
  readonly name = 'chunks-that-grow-0000000000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(up);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table batches drop column first_chunk_bytes');
  }
}
