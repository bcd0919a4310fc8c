import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Null is also what a version leaves that cuts chunks of one size: who goes on with its batch does so too. The other way
 * round, such a version refuses a batch whose cutting a newer one has begun, and its message waits on the retry ladder until a newer
 * one takes it: replace all processes of file-splitter together, and go back only when no batch is being split.
 */
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
