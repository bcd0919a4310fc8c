import {
  decodeMessage,
  isMessageName,
  queueNames,
  stageOfMessage,
  stages,
  topology,
  type ChunkPart,
  type Message,
  type MessageName,
  type Stage,
} from '#contracts';
import type { AnyMessage } from '#outbox';

/** A dead letter that is locked, as far as replaying it needs. */
export interface OpenLetter {
  readonly id: string;
  readonly queue: string;
  readonly messageId: string | null;
  readonly messageName: string | null;
  readonly body: Buffer;
}

interface Known {
  readonly id: string;
  /** The message that its replay publishes. */
  readonly publish: AnyMessage;
}

/** The subject of a letter, by what has to be undone before its message can have its effect. */
export type Replay = Known &
  (
    | { readonly about: 'file'; readonly batchId: string }
    | { readonly about: 'part'; readonly stage: Stage; readonly part: ChunkPart }
    | { readonly about: 'emails'; readonly part: ChunkPart }
    | { readonly about: 'email'; readonly boletoId: string; readonly kind: string }
    | { readonly about: 'export'; readonly batchId: string; readonly exportId: string }
  );

/**
 * Reads the body again: as what its queue consumes, or as its name for letters that no queue took. Undefined when it
 * cannot be read: a body is never edited.
 */
export function readReplay({ id, queue, messageName, body }: OpenLetter): Replay | undefined {
  const workQueue = queueNames.find((name) => name === queue);
  const name = workQueue === undefined ? messageName : topology.queues[workQueue].consumes;
  if (name === null || !isMessageName(name)) return undefined;
  const stage = stageOfMessage(name);
  if (stage !== undefined) return readPart(id, stage, name, body);
  const known = isOfNoStage(name) ? readers[name](body) : undefined;
  return known === undefined ? undefined : { id, publish: known.publish, ...known.about };
}

function readPart(id: string, stage: Stage, name: MessageName, body: Buffer): Replay | undefined {
  const { announceAs, retryAs } = stages[stage];
  const decoded = decodeMessage(announceAs, body);
  if (!decoded.ok) return undefined;
  const part = decoded.message;
  return {
    id,
    publish: { name: name === announceAs ? announceAs : retryAs, message: part },
    about: 'part',
    stage,
    part,
  };
}

type NameOfNoStage = Exclude<MessageName, (typeof stages)[Stage]['announceAs' | 'retryAs']>;

type About = Replay extends infer R ? (R extends Replay ? Omit<R, keyof Known> : never) : never;

/** The message in a body; undefined when it breaks its schema. */
type Reader = (body: Buffer) => { readonly publish: AnyMessage; readonly about: About } | undefined;

/** Readers of the messages that belong to no stage. */
const readers: { readonly [N in NameOfNoStage]: Reader } = {
  'batch.received.v1': (body) =>
    read('batch.received.v1', body, (message) => ({
      publish: { name: 'batch.received.v1', message },
      about: { about: 'file', batchId: message.batchId },
    })),
  'chunk.issued.v1': (body) =>
    read('chunk.issued.v1', body, (message) => ({
      publish: { name: 'chunk.issued.v1', message },
      about: { about: 'emails', part: message },
    })),
  'notification.due.v1': (body) =>
    read('notification.due.v1', body, (message) => ({
      publish: { name: 'notification.due.v1', message },
      about: { about: 'email', boletoId: message.boletoId, kind: message.kind },
    })),
  'export.requested.v1': (body) =>
    read('export.requested.v1', body, (message) => ({
      publish: { name: 'export.requested.v1', message },
      about: exportOf(message),
    })),
  'export.part.v1': (body) =>
    read('export.part.v1', body, (message) => ({
      publish: { name: 'export.part.v1', message },
      about: exportOf(message),
    })),
  'export.close.v1': (body) =>
    read('export.close.v1', body, (message) => ({
      publish: { name: 'export.close.v1', message },
      about: exportOf(message),
    })),
};

function isOfNoStage(name: MessageName): name is NameOfNoStage {
  return Object.hasOwn(readers, name);
}

function exportOf({ batchId, exportId }: { readonly batchId: string; readonly exportId: string }): About {
  return { about: 'export', batchId, exportId };
}

function read<N extends MessageName, T>(name: N, body: Buffer, use: (message: Message<N>) => T): T | undefined {
  const decoded = decodeMessage(name, body);
  return decoded.ok ? use(decoded.message) : undefined;
}
