import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Issuer } from './issuers.ts';

@Entity('batches', { comment: 'One uploaded file.' })
@ForeignKey(() => Issuer, ['issuerId'], ['id'], { name: 'batches_issuer_exists' })
@Check('batches_sha256_is_hex', `sha256 ~ '^[0-9a-f]{64}$'`)
@Check('batches_bytes_positive', `bytes > 0`)
@Check('batches_profile_known', `profile in ('strict', 'spreadsheet', 'lenient')`)
@Check('batches_mode_known', `mode in ('process', 'validate')`)
@Check(
  'batches_status_known',
  `status in ('received', 'splitting', 'processing', 'completed', 'completed_with_rejections', 'failed', 'cancelled')`,
)
@Check('batches_totals_not_negative', `rows_read >= 0 and chunks_total >= 0`)
@Check(
  'batches_totals_known_once_split',
  `(split_at is null) = (rows_read is null) and (split_at is null) = (chunks_total is null)`,
)
@Check(
  'batches_completed_only_when_split',
  `status not in ('completed', 'completed_with_rejections') or (split_at is not null and completed_at is not null)`,
)
@Check('batches_failure_explained', `(status = 'failed') = (failure is not null)`)
@Index('batches_same_file_once', ['issuerId', 'sha256', 'reading'], {
  unique: true,
  where: `status not in ('failed', 'cancelled')`,
})
@Index('batches_recent', ['receivedAt', 'id'])
@Index('batches_open', ['receivedAt'], { where: `status in ('received', 'splitting', 'processing')` })
@Index('batches_with_file', ['receivedAt'], { where: 'file_removed_at is null' })
export class Batch {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid')
  issuerId!: string;

  @Column('text')
  fileName!: string;

  @Column('text')
  sha256!: string;

  @Column('bigint')
  bytes!: string;

  @Column('text')
  storageKey!: string;

  @Column('text')
  profile!: string;

  @Column('text')
  mode!: string;

  @Column('jsonb', {
    default: {},
    comment:
      "What the uploader said of the file: delimiter, encoding, decimal, date, and the mapping of its columns, which may be the issuer's.",
  })
  overrides!: object;

  @Column('text', {
    comment: 'Mode, profile and overrides as one canonical text: the same bytes read another way are another request.',
  })
  reading!: string;

  @Column('int', {
    nullable: true,
    comment: 'About how many bytes its chunks have: as the splitter that began with it was told. Null until then.',
  })
  chunkBytes!: number | null;

  @Column('int', {
    nullable: true,
    comment:
      'The size its first chunk has and from which the next ones grow to chunk_bytes. Null where all are of that size.',
  })
  firstChunkBytes!: number | null;

  @Column('text', { default: 'received' })
  status!: string;

  @Column('jsonb', { nullable: true })
  failure!: object | null;

  @Column('jsonb', { nullable: true, comment: 'The dialect that was detected.' })
  dialect!: object | null;

  @Column('jsonb', { nullable: true })
  columns!: object | null;

  @Column('bigint', {
    nullable: true,
    comment: 'Records in the file, header and blank lines left out; null until the last byte was seen.',
  })
  rowsRead!: string | null;

  @Column('int', { nullable: true })
  chunksTotal!: number | null;

  @Column('timestamptz', { default: () => 'now()' })
  receivedAt!: Date;

  @Column('timestamptz', { nullable: true })
  splittingAt!: Date | null;

  @Column('timestamptz', { nullable: true })
  splitAt!: Date | null;

  @Column('timestamptz', { nullable: true })
  completedAt!: Date | null;

  @Column('timestamptz', { nullable: true, comment: 'When the retention removed the file; null while it is kept.' })
  fileRemovedAt!: Date | null;

  @Column('timestamptz', {
    nullable: true,
    comment: 'When the retention blanked the raw rows and values of its rejections; null while they are kept.',
  })
  rejectionsBlankedAt!: Date | null;

  @Column('timestamptz', {
    nullable: true,
    comment: 'When the retention blanked the recipients of its e-mails; null while they are kept.',
  })
  recipientsBlankedAt!: Date | null;

  @Column('timestamptz', {
    nullable: true,
    comment: 'When the retention blanked names, documents and addresses of its debts; null while they are kept.',
  })
  debtorsBlankedAt!: Date | null;
}

@Entity('chunks', { comment: 'Byte ranges of a file, cut between records.' })
@ForeignKey(() => Batch, ['batchId'], ['id'], { name: 'chunks_batch_exists' })
@Check('chunks_chunk_no_not_negative', `chunk_no >= 0`)
@Check('chunks_byte_offset_not_negative', `byte_offset >= 0`)
@Check('chunks_byte_length_positive', `byte_length > 0`)
@Check('chunks_first_line_positive', `first_line >= 1`)
@Check('chunks_rows_not_negative', `rows >= 0`)
@Check('chunks_finished_only_when_released', `finished_at is null or released_at is not null`)
@Index('chunks_waiting', ['batchId', 'chunkNo'], { where: 'released_at is null' })
@Index('chunks_in_flight', ['batchId', 'chunkNo'], { where: 'released_at is not null and finished_at is null' })
export class Chunk {
  @PrimaryColumn('uuid')
  batchId!: string;

  @PrimaryColumn('int')
  chunkNo!: number;

  @Column('bigint')
  byteOffset!: string;

  @Column('int')
  byteLength!: number;

  @Column('bigint', { comment: 'Physical line of the first record; the first line of the file is 1.' })
  firstLine!: string;

  @Column('int', { comment: 'Records in the chunk, blank lines left out.' })
  rows!: number;

  @Column('timestamptz', {
    nullable: true,
    default: () => 'now()',
    comment:
      'When it was announced to be validated; null while it waits for its turn. The default is for chunks of an earlier version, which announced each as it was cut.',
  })
  releasedAt!: Date | null;

  @Column('timestamptz', {
    nullable: true,
    comment:
      'When the release window saw that its rows had their outcomes, and gave its place to the next. Not progress: null for the last chunks of a batch, and a replay does not take it back.',
  })
  finishedAt!: Date | null;
}

@Entity('chunk_results', {
  comment: 'What became of the rows of a part of a chunk, at one stage. Progress is the sum of these, never a counter.',
})
@ForeignKey(() => Chunk, ['batchId', 'chunkNo'], ['batchId', 'chunkNo'], { name: 'chunk_results_chunk_exists' })
@Check('chunk_results_stage_known', `stage in ('validate', 'issue')`)
@Check('chunk_results_from_line_positive', `from_line >= 1`)
@Check(
  'chunk_results_counts_not_negative',
  `rows >= 0 and accepted >= 0 and duplicate >= 0 and rejected >= 0 and dead >= 0`,
)
@Check('chunk_results_account_for_every_row', `rows = accepted + duplicate + rejected + dead`)
@Check('chunk_results_centavos_are_of_boletos', `centavos is null or (stage = 'issue' and centavos >= 0)`)
export class ChunkResult {
  @PrimaryColumn('uuid')
  batchId!: string;

  @PrimaryColumn('int')
  chunkNo!: number;

  @PrimaryColumn('text')
  stage!: string;

  @PrimaryColumn('bigint', { comment: 'First line the part answers for: a chunk that keeps failing is halved.' })
  fromLine!: string;

  @Column('bigint', { nullable: true, comment: 'Last line the part answers for; null is the end of the chunk.' })
  toLine!: string | null;

  @Column('int')
  rows!: number;

  @Column('int', { default: 0 })
  accepted!: number;

  @Column('int', { default: 0 })
  duplicate!: number;

  @Column('int', { default: 0 })
  rejected!: number;

  @Column('int', { default: 0 })
  dead!: number;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;

  @Column('bigint', {
    nullable: true,
    comment:
      'Sum of the boletos that were issued; null at the other stage, and where an earlier version wrote the row.',
  })
  centavos!: string | null;
}
