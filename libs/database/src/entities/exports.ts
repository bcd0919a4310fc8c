import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Batch } from './batches.ts';

@Entity('exports', { comment: 'Files made on request from the boletos of a batch.' })
@ForeignKey(() => Batch, ['batchId'], ['id'], { name: 'exports_batch_exists' })
@Check('exports_format_known', `format in ('pdf-zip', 'pdf-merged')`)
@Check('exports_status_known', `status in ('requested', 'running', 'completed', 'failed')`)
@Check('exports_counts_not_negative', `parts_total >= 0 and files_total >= 0 and files_done >= 0 and bytes >= 0`)
@Check(
  'exports_completed_has_a_file',
  `status <> 'completed' or (storage_key is not null and bytes is not null and completed_at is not null)`,
)
@Check('exports_failure_explained', `(status = 'failed') = (failure is not null)`)
@Index('exports_one_open', ['batchId', 'format'], { unique: true, where: `status <> 'failed'` })
export class Export {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid')
  batchId!: string;

  @Column('text')
  format!: string;

  @Column('text', { default: 'requested' })
  status!: string;

  @Column('int', { nullable: true })
  partsTotal!: number | null;

  @Column('bigint', { nullable: true })
  filesTotal!: string | null;

  @Column('bigint', { default: 0 })
  filesDone!: string;

  @Column('bigint', { nullable: true })
  bytes!: string | null;

  @Column('text', { nullable: true })
  storageKey!: string | null;

  @Column('jsonb', { nullable: true })
  failure!: object | null;

  @Column('timestamptz', { default: () => 'now()' })
  requestedAt!: Date;

  @Column('timestamptz', { nullable: true })
  completedAt!: Date | null;
}

@Entity('export_parts', { comment: 'Pieces of an export that are ready: an interrupted one goes on after the last.' })
@ForeignKey(() => Export, ['exportId'], ['id'], { name: 'export_parts_export_exists' })
@Check('export_parts_counts_not_negative', `part_no >= 0 and files >= 0 and bytes >= 0`)
export class ExportPart {
  @PrimaryColumn('uuid')
  exportId!: string;

  @PrimaryColumn('int')
  partNo!: number;

  @Column('int')
  files!: number;

  @Column('bigint')
  bytes!: string;

  @Column('text')
  storageKey!: string;

  @Column('jsonb', { nullable: true })
  entries!: object | null;
}
