import type { ChunkPart, Message, MessageName } from './messages.ts';
import type { QueueName } from './topology.ts';

/** Messages that are about a part of a chunk. */
type PartMessageName = {
  [N in MessageName]: Message<N> extends ChunkPart ? N : never;
}[MessageName];

/** A stage that gives every row which reaches it one outcome, in chunk_results. */
export interface StageSpec {
  /** The queue of its work. */
  readonly queue: QueueName;
  /** The queue of parts that failed before, or killed a worker: each is tried alone. */
  readonly alone: QueueName;
  /** The message that brings a part to `queue`. */
  readonly announceAs: PartMessageName;
  /** The message that brings a part to `alone`. */
  readonly retryAs: PartMessageName;
}

/**
 * The stages at which rows are accounted for, in their order: every row read at `validate`, every row that a stage
 * accepted again at the next one. What differs between stages is in tables keyed by `Stage`, so that a new one does not
 * compile until each table has it (docs/development.md, "add a stage").
 */
export const stages = {
  validate: {
    queue: 'chunk-validator.chunks',
    alone: 'chunk-validator.suspects',
    announceAs: 'chunk.ready.v1',
    retryAs: 'suspect.ready.v1',
  },
  issue: {
    queue: 'boleto-generator.chunks',
    alone: 'boleto-generator.suspects',
    announceAs: 'chunk.validated.v1',
    retryAs: 'suspect.validated.v1',
  },
} as const satisfies Record<string, StageSpec>;

export type Stage = keyof typeof stages;

/** The names of the stages, in their order. */
export const stageNames = Object.keys(stages) as readonly Stage[];

/** A table with an entry for each stage. */
export function mapStages<T>(entryOf: (stage: Stage) => T): Readonly<Record<Stage, T>> {
  return Object.fromEntries(stageNames.map((stage) => [stage, entryOf(stage)])) as Record<Stage, T>;
}

/** Both queues of a stage. */
export function queuesOf(stage: Stage): readonly QueueName[] {
  const { queue, alone } = stages[stage];
  return [queue, alone];
}

/** The stage whose parts the queue holds; undefined for any other queue. */
export function stageOfQueue(queue: string): Stage | undefined {
  return stageNames.find((stage) => queuesOf(stage).some((each) => each === queue));
}

/** The stage that a message brings a part to; undefined for any other message. */
export function stageOfMessage(name: MessageName): Stage | undefined {
  return stageNames.find((stage) => stages[stage].announceAs === name || stages[stage].retryAs === name);
}
