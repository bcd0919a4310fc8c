import type { MessageOf, QueueName } from '#contracts';
import type { Tx } from '#database';
import type { Outcome } from './outcome.ts';

/** One delivery of one message, in terms of the handler and without terms of the broker. */
export interface Delivery<Q extends QueueName> {
  readonly message: MessageOf<Q>;
  /** True for a message that is tried by itself, because it failed before or killed its worker. */
  readonly isAlone: boolean;
  readonly messageId: string;
  /** 1 at the first delivery. */
  readonly attempt: number;
  /** Aborts when the channel is lost and the message belongs to another consumer: no later work may take effect. */
  readonly signal: AbortSignal;
  /**
   * Runs the one transaction of the delivery: begin → inbox row → `work` → commit. For a message that was committed
   * before, it returns `done` without calling `work`. An outcome other than `done` rolls back.
   */
  readonly commit: (work: (tx: Tx) => Promise<Outcome>) => Promise<Outcome>;
}

/**
 * The handler of one kind of work. It reads, decides, writes and returns an outcome. It never acks and never hides an
 * error.
 */
export interface Handler<Q extends QueueName> {
  /** The queues whose messages are this work: one, or a stage's queue and the queue of its parts tried alone. */
  readonly queues: readonly Q[];
  handle(delivery: Delivery<Q>): Promise<Outcome>;
  /**
   * Runs the work once on throw-away data before the first message, because code that has never run is slow. It changes
   * nothing outside the process.
   */
  warmUp?(): Promise<void>;
}

/** A handler of any queues, as a process registers it. */
export type AnyHandler = Handler<QueueName>;
