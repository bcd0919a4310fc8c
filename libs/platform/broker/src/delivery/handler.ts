import type { EntityManager } from 'typeorm';
import type { MessageOf, QueueName } from '#contracts';
import type { Outcome } from './outcome.ts';

/** One delivery of one message, as a handler sees it: no broker vocabulary. */
export interface Delivery<Q extends QueueName> {
  readonly message: MessageOf<Q>;
  /** True for a message that is tried by itself, because it failed before or killed its worker. */
  readonly isAlone: boolean;
  readonly messageId: string;
  /** 1 at the first delivery. */
  readonly attempt: number;
  /** Aborts when the message is no longer ours (channel lost): what comes after must not take effect. */
  readonly signal: AbortSignal;
  /**
   * The one transaction of the delivery: begin → inbox row → `work` → commit. A message that was committed
   * before answers `done` without calling `work`; an outcome other than `done` rolls back.
   */
  readonly commit: (work: (tx: EntityManager) => Promise<Outcome>) => Promise<Outcome>;
}

/** One kind of work, one class, one method: look, decide, write, return. It never acks and never catches to hide. */
export interface Handler<Q extends QueueName> {
  /** The queues whose messages are this work: one, or that of a stage and that of its parts that are tried alone. */
  readonly queues: readonly Q[];
  handle(delivery: Delivery<Q>): Promise<Outcome>;
  /** Runs the work once on throw-away data, so that V8 has compiled it before the first message. Changes nothing outside the process. */
  warmUp?(): Promise<void>;
}

/** Any handler, whatever its queues: what a process registers. */
export type AnyHandler = Handler<QueueName>;
