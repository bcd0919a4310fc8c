import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { Chunk } from './batches.ts';
import { Issuer } from './issuers.ts';

@Entity('nosso_numero_blocks', {
  comment:
    'Numbers taken for a part of a chunk, in a transaction of its own: a redelivery finds its block again, so a crash leaves no gap.',
})
@ForeignKey(() => Chunk, ['batchId', 'chunkNo'], ['batchId', 'chunkNo'], { name: 'nosso_numero_blocks_chunk_exists' })
@ForeignKey(() => Issuer, ['issuerId'], ['id'], { name: 'nosso_numero_blocks_issuer_exists' })
@Unique('nosso_numero_blocks_first_number_once', ['issuerId', 'firstNumber'])
@Check('nosso_numero_blocks_from_line_positive', `from_line >= 1`)
@Check('nosso_numero_blocks_first_number_positive', `first_number >= 1`)
@Check('nosso_numero_blocks_count_positive', `count > 0`)
export class NossoNumeroBlock {
  @PrimaryColumn('uuid')
  batchId!: string;

  @PrimaryColumn('int')
  chunkNo!: number;

  @PrimaryColumn('bigint')
  fromLine!: string;

  @Column('uuid')
  issuerId!: string;

  @Column('bigint')
  firstNumber!: string;

  @Column('int')
  count!: number;
}

@Entity('boletos', {
  comment: 'One boleto for each debt. The PDF is a pure function of this row, its debt and its issuer.',
})
@Unique('boletos_one_per_debt', ['debtId'])
@Unique('boletos_nosso_numero_once', ['issuerId', 'nossoNumero'])
@Check('boletos_nosso_numero_positive', `nosso_numero >= 1`)
@Check('boletos_codigo_barras_has_44_digits', `length(codigo_barras) = 44 and codigo_barras !~ '[^0-9]'`)
@Check('boletos_linha_digitavel_has_47_digits', `length(linha_digitavel) = 47 and linha_digitavel !~ '[^0-9]'`)
@Check('boletos_status_known', `status in ('issued', 'registered', 'paid', 'cancelled', 'expired')`)
@Index('boletos_by_chunk', ['batchId', 'chunkNo'])
export class Boleto {
  @PrimaryColumn('uuid', { comment: 'UUIDv7, made in line order: the index grows at its right edge.' })
  id!: string;

  @Column('uuid')
  issuerId!: string;

  @Column('bigint', { comment: 'debts.id, not the id the issuer gave.' })
  debtId!: string;

  @Column('uuid')
  batchId!: string;

  @Column('int')
  chunkNo!: number;

  @Column('bigint', { comment: 'The sequence number; as the bank prints it: nosso_numero_impresso.' })
  nossoNumero!: string;

  @Column('text')
  nossoNumeroImpresso!: string;

  @Column('text')
  codigoBarras!: string;

  @Column('text')
  linhaDigitavel!: string;

  @Column('text', { default: 'issued' })
  status!: string;

  @Column('date')
  issuedOn!: string;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;
}

@Entity('notifications', { comment: 'One e-mail for each boleto and kind, and what became of it.' })
@ForeignKey(() => Boleto, ['boletoId'], ['id'], { name: 'notifications_boleto_exists' })
@Unique('notifications_message_id_once', ['messageId'])
@Check('notifications_kind_known', `kind in ('boleto_issued')`)
@Check('notifications_status_known', `status in ('pending', 'sent', 'failed')`)
@Check('notifications_attempts_not_negative', `attempts >= 0`)
@Check('notifications_failure_explained', `status <> 'failed' or last_error is not null`)
@Check('notifications_claim_ends', `(claimed_by is null) = (claimed_until is null)`)
@Index('notifications_by_batch', ['batchId', 'status'])
export class Notification {
  @PrimaryColumn('uuid')
  boletoId!: string;

  @PrimaryColumn('text')
  kind!: string;

  @Column('uuid')
  batchId!: string;

  @Column('text')
  recipient!: string;

  @Column('text')
  status!: string;

  @Column('int', { default: 0 })
  attempts!: number;

  @Column('text', {
    nullable: true,
    comment:
      'Message-ID of the e-mail, the same at every attempt, so that a receiver can drop a repeat; null until the first attempt.',
  })
  messageId!: string | null;

  @Column('jsonb', { nullable: true, comment: 'Class, code and message of the last failed attempt.' })
  lastError!: object | null;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { default: () => 'now()' })
  updatedAt!: Date;

  @Column('uuid', {
    nullable: true,
    comment: 'The delivery that sends it; null while nobody does. A name that a delivery gives itself.',
  })
  claimedBy!: string | null;

  @Column('timestamptz', {
    nullable: true,
    comment:
      'When another may take it: whoever sends it says again every few seconds that it is at it, unless it died.',
  })
  claimedUntil!: Date | null;
}

@Entity('notification_results', {
  comment:
    "By how much one statement changed the outcomes of a batch's e-mails, below zero where it took one back. The triggers of notifications write it in the same transaction, so the sums are what counting would give.",
})
@Check('notification_results_tell_something', `sent <> 0 or failed <> 0`)
@Index('notification_results_by_batch', ['batchId'])
export class NotificationResult {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column('uuid')
  batchId!: string;

  @Column('int')
  sent!: number;

  @Column('int')
  failed!: number;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;
}
