import { Check, Column, Entity, Generated, Index, PrimaryColumn, PrimaryGeneratedColumn, Unique } from 'typeorm';

@Entity('outbox', {
  comment: 'Messages to publish: written in the transaction that causes them, deleted once the broker has confirmed.',
})
@Unique('outbox_message_id_once', ['messageId'])
@Index('outbox_due', ['availableAt', 'id'])
export class OutboxMessage {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column('uuid')
  @Generated('uuid')
  messageId!: string;

  @Column('text')
  name!: string;

  @Column('jsonb')
  body!: object;

  @Column('timestamptz', { default: () => 'now()' })
  availableAt!: Date;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;
}

@Entity('inbox', { comment: 'Messages whose effects are committed, for each queue.' })
@Index('inbox_by_age', ['processedAt'])
export class InboxMessage {
  @PrimaryColumn('text')
  queue!: string;

  @PrimaryColumn('uuid')
  messageId!: string;

  @Column('timestamptz', { default: () => 'now()' })
  processedAt!: Date;
}

@Entity('dead_letters', {
  comment: 'Messages nobody could handle, drained from the broker so that they can be listed, replayed and discarded.',
})
@Check('dead_letters_status_known', `status in ('open', 'replayed', 'discarded')`)
@Index('dead_letters_drained_once', { synchronize: false })
@Check('dead_letters_fingerprint_is_hex', `fingerprint ~ '^[0-9a-f]{16}$'`)
@Check('dead_letters_settled_is_dated', `(status = 'open') = (settled_at is null)`)
@Check(
  'dead_letters_failure_class_known',
  `failure_class in ('invalid', 'permanent', 'transient', 'throttled', 'unavailable', 'unknown', 'crash')`,
)
@Index('dead_letters_by_status', ['status', 'id'])
@Index('dead_letters_by_fingerprint', ['fingerprint', 'id'])
@Index('dead_letters_by_batch', ['batchId', 'id'], { where: 'batch_id is not null' })
@Index('dead_letters_settled', ['settledAt'], { where: 'settled_at is not null' })
@Index('dead_letters_replayed_as', ['replayedAs'], { where: 'replayed_as is not null' })
@Index('dead_letters_by_row', ['batchId', 'chunkNo', 'line'], { where: 'line is not null' })
@Index('dead_letters_replays', ['replayOf'], { where: 'replay_of is not null' })
export class DeadLetter {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column('text')
  queue!: string;

  @Column('uuid', {
    nullable: true,
    comment: 'Null when the message could not be decoded; so are the other facts taken from it.',
  })
  messageId!: string | null;

  @Column('text', { nullable: true })
  messageName!: string | null;

  @Column('bytea')
  body!: Buffer;

  @Column('jsonb')
  headers!: object;

  @Column('text')
  reason!: string;

  @Column('jsonb', { nullable: true })
  error!: object | null;

  @Column('int', { nullable: true })
  attempts!: number | null;

  @Column('timestamptz', { nullable: true })
  firstFailedAt!: Date | null;

  @Column('uuid', { nullable: true })
  batchId!: string | null;

  @Column('int', { nullable: true })
  chunkNo!: number | null;

  @Column('bigint', { nullable: true, comment: 'The guilty row, once it was isolated.' })
  line!: string | null;

  @Column('text', { default: 'open' })
  status!: string;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;

  @Column('text', {
    comment:
      'The same for letters of one queue that died of the same: the reason without its numbers, ids and quoted values, and the class of the error.',
  })
  fingerprint!: string;

  @Column('uuid', {
    nullable: true,
    comment: 'Id of the message that its replay published. Neighbours that were replayed together share it.',
  })
  replayedAs!: string | null;

  @Column('bigint', {
    nullable: true,
    comment: 'The letter whose replay this is: it failed again. That letter may have been purged since.',
  })
  replayOf!: string | null;

  @Column('timestamptz', { nullable: true, comment: 'When it was replayed or discarded; null while it is open.' })
  settledAt!: Date | null;

  @Column('text', { default: 'unknown', comment: 'Of which class its last failure was: docs/reliability.md.' })
  failureClass!: string;
}
