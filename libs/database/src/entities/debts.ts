import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { Batch, Chunk } from './batches.ts';

@Entity('debtors', { comment: 'Pagadores: who owes, one for each document an issuer has named.' })
@Unique('debtors_one_per_document', ['issuerId', 'document'])
@Check('debtors_document_is_normalised', `length(document) between 1 and 14 and document !~ '[^0-9A-Z]'`)
export class Debtor {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column('uuid')
  issuerId!: string;

  @Column({ type: 'text', collation: 'C' })
  document!: string;

  @Column('text')
  name!: string;

  @Column('jsonb', { nullable: true })
  address!: object | null;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;
}

@Entity('debts', { comment: 'One accepted row. It keeps the e-mail of its row: one person may have many.' })
@Unique('debts_one_per_debt_id', ['issuerId', 'debtId'])
@Check('debts_debt_id_not_empty', `debt_id <> ''`)
@Check('debts_amount_positive', `amount_centavos > 0`)
@Check('debts_line_positive', `line >= 1`)
@Index('debts_by_chunk_line', ['batchId', 'chunkNo', 'line'])
export class Debt {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column('uuid')
  issuerId!: string;

  @Column({ type: 'text', collation: 'C', comment: 'The id the issuer gave.' })
  debtId!: string;

  @Column('bigint')
  debtorId!: string;

  @Column('text', {
    nullable: true,
    comment:
      "The name on this row: the boleto prints what its own row says. Null is the debtor's, which older versions left out.",
  })
  payerName!: string | null;

  @Column('text')
  email!: string;

  @Column('bigint')
  amountCentavos!: string;

  @Column('date')
  dueDate!: string;

  @Column('uuid')
  batchId!: string;

  @Column('int')
  chunkNo!: number;

  @Column('bigint')
  line!: string;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;
}

@Entity('dry_run_debts', {
  comment:
    'What a file that is only being validated has said so far, so that duplicates across chunks are seen. Emptied when it completes.',
})
@ForeignKey(() => Batch, ['batchId'], ['id'], { name: 'dry_run_debts_batch_exists' })
export class DryRunDebt {
  @PrimaryColumn('uuid')
  batchId!: string;

  @PrimaryColumn('text')
  debtId!: string;

  @Column('text')
  document!: string;

  @Column('bigint')
  amountCentavos!: string;

  @Column('date')
  dueDate!: string;

  @Column('bigint')
  line!: string;
}

@Entity('rejections', { comment: 'Rows that cannot become a debt, as they came, each with all its problems.' })
@ForeignKey(() => Chunk, ['batchId', 'chunkNo'], ['batchId', 'chunkNo'], { name: 'rejections_chunk_exists' })
@Check('rejections_line_positive', `line >= 1`)
@Check('rejections_explain_themselves', `jsonb_typeof(problems) = 'array' and jsonb_array_length(problems) > 0`)
export class Rejection {
  @PrimaryColumn('uuid')
  batchId!: string;

  @PrimaryColumn('bigint')
  line!: string;

  @Column('int')
  chunkNo!: number;

  @Column('jsonb')
  problems!: object;

  @Column('text')
  raw!: string;
}
