import { Check, Column, Entity, ForeignKey, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { DeadLetter } from './messaging.ts';

@Entity('dead_letter_actions', { comment: 'Who did what to which dead letters, and when.' })
@Check('dead_letter_actions_action_known', `action in ('replay', 'discard', 'restore')`)
@Check('dead_letter_actions_operator_not_empty', `operator <> ''`)
@Check('dead_letter_actions_letters_not_negative', `letters >= 0`)
@Check('dead_letter_actions_per_second_positive', `per_second > 0`)
export class DeadLetterAction {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column('text')
  action!: string;

  @Column('text', { comment: 'The X-Operator of the request, or api.' })
  operator!: string;

  @Column('jsonb', { comment: 'The ids or the filter that were asked for.' })
  selection!: object;

  @Column('int', { nullable: true })
  perSecond!: number | null;

  @Column('int', { default: 0, comment: 'Letters it was done to, counted in the transactions that did it.' })
  letters!: number;

  @Column('jsonb', { default: {}, comment: 'Letters that could not be replayed, by code.' })
  refusals!: object;

  @Column('timestamptz', { default: () => 'now()' })
  startedAt!: Date;

  @Column('timestamptz', {
    nullable: true,
    comment: 'Null while it runs, or when its process died on the way: what it did by then is done.',
  })
  finishedAt!: Date | null;
}

@Entity('dead_letter_histories', { comment: 'The actions that took effect on a dead letter.' })
@ForeignKey(() => DeadLetter, ['deadLetterId'], ['id'], {
  name: 'dead_letter_histories_letter_exists',
  onDelete: 'CASCADE',
})
@ForeignKey(() => DeadLetterAction, ['actionId'], ['id'], { name: 'dead_letter_histories_action_exists' })
export class DeadLetterHistory {
  @PrimaryColumn('bigint')
  deadLetterId!: string;

  @PrimaryColumn('bigint')
  actionId!: string;
}

@Entity('stage_pauses', {
  comment: 'Stages that take nothing new until somebody resumes them. Workers look here every second.',
})
@Check('stage_pauses_operator_not_empty', `operator <> ''`)
export class StagePause {
  @PrimaryColumn('text', { comment: 'The name of its work queue.' })
  stage!: string;

  @Column('text')
  operator!: string;

  @Column('text', { nullable: true })
  reason!: string | null;

  @Column('timestamptz', { default: () => 'now()' })
  pausedAt!: Date;
}

@Entity('publisher_blocks', {
  comment: 'Relays from which the broker takes nothing at the moment: a memory or disk alarm.',
})
@Check('publisher_blocks_seen_since_blocked', `seen_at >= blocked_at`)
export class PublisherBlock {
  @PrimaryColumn('uuid', { comment: 'A name that a process gives itself when it starts.' })
  relay!: string;

  @Column('timestamptz', { default: () => 'now()' })
  blockedAt!: Date;

  @Column('timestamptz', {
    default: () => 'now()',
    comment: 'The relay says it again every second; one that died says nothing any more.',
  })
  seenAt!: Date;
}

@Entity('stage_breakers', {
  comment:
    'Stages whose circuit breaker is not closed: a provider is away, and nothing is taken until a probe succeeds. Workers look here every second.',
})
@Check('stage_breakers_openings_positive', `openings > 0`)
@Check('stage_breakers_prober_for_a_while', `(prober is null) = (prober_until is null)`)
export class StageBreaker {
  @PrimaryColumn('text', { comment: 'The name of its work queue.' })
  stage!: string;

  @Column('text', { comment: 'The last failure that opened it.' })
  reason!: string;

  @Column('int', { comment: '1 when it opened, and one more for each probe that failed.' })
  openings!: number;

  @Column('timestamptz', { default: () => 'now()' })
  openedAt!: Date;

  @Column('timestamptz', { comment: 'From when on one process may let a message through.' })
  probeAt!: Date;

  @Column('uuid', { nullable: true, comment: 'The process that may: the breaker is half-open.' })
  prober!: string | null;

  @Column('timestamptz', { nullable: true, comment: 'When another may, should that one have died.' })
  proberUntil!: Date | null;
}

@Entity('missing_messages', {
  comment:
    'Messages that must be somewhere, because their work is not done, and were found nowhere: no queue, no retry, no outbox, no dead letter.',
})
@Check('missing_messages_announcements_not_negative', `announcements >= 0`)
@Check('missing_messages_announced_is_dated', `(announcements = 0) = (announced_at is null)`)
export class MissingMessage {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'missing_messages_pk' })
  name!: string;

  @PrimaryColumn('jsonb', {
    primaryKeyConstraintName: 'missing_messages_pk',
    comment: 'What the lost message said, derived from the work that is not done.',
  })
  body!: object;

  @Column('uuid')
  batchId!: string;

  @Column('timestamptz', { default: () => 'now()', comment: 'Since when each look has missed it.' })
  missingSince!: Date;

  @Column('int', { default: 0, comment: 'How often it was published again.' })
  announcements!: number;

  @Column('timestamptz', { nullable: true })
  announcedAt!: Date | null;

  @Column('timestamptz', {
    nullable: true,
    comment: 'When it was found, or its work done; null while it is missing.',
  })
  recoveredAt!: Date | null;
}

@Entity('debt_id_repairs', {
  comment: 'Debts that an earlier version stored under ids that were not in their one form.',
})
@Check('debt_id_repairs_outcome_known', `outcome in ('renamed', 'collided')`)
export class DebtIdRepair {
  @PrimaryColumn('bigint', {
    primaryKeyConstraintName: 'debt_id_repairs_pk',
    comment: 'debts.id, not the id the issuer gave.',
  })
  debtId!: string;

  @Column('uuid')
  issuerId!: string;

  @Column('text', { comment: 'The id under which the debt was stored, printed and e-mailed.' })
  original!: string;

  @Column('text')
  normalForm!: string;

  @Column('text', {
    comment: 'renamed: the debt has the normal form now. collided: another debt has it, and this one kept its id.',
  })
  outcome!: string;
}
