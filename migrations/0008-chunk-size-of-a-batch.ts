import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A file that one version began to split is split on by the next, whose chunks may be larger. */
const up = `
alter table batches add column chunk_bytes int;
comment on column batches.chunk_bytes is
  'About how many bytes its chunks have: as the splitter that began with it was told. Null until then.';
update batches set chunk_bytes = 131072 where status = 'splitting';
`;

export class ChunkSizeOfABatch implements MigrationInterface {
  readonly name = 'chunk-size-of-a-batch-0000000000008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(up);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table batches drop column chunk_bytes');
  }
}
