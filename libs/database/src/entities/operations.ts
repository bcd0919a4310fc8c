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
