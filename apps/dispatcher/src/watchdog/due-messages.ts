import { gapsOf, type Lines } from '#batches';
import { queuesOf, stageNames, stages, type MessageName, type QueueName, type Stage } from '#contracts';
import type { Db } from '#database';
import type { AnyMessage } from '#outbox';
import {
  findUnfinished,
  findUnfinishedExports,
  findUnmailed,
  findUnsplit,
  findUntriedAgain,
  type Unfinished,
  type UnfinishedExport,
} from './unfinished.queries.ts';

type Reader = Db;

/** Stages that finish the same work, with the messages that must exist while it is unfinished. */
interface Work {
  readonly queues: readonly QueueName[];
  /** Every message that `find` can return. */
  readonly names: readonly MessageName[];
  readonly find: (tx: Reader) => Promise<readonly AnyMessage[]>;
}

/** All work that must end. Each message of the topology is found by one of these. */
export const works: readonly Work[] = [
  {
    queues: ['file-splitter.batches'],
    names: ['batch.received.v1'],
    find: async (tx) => (await findUnsplit(tx)).map((message) => ({ name: 'batch.received.v1', message })),
  },
  ...stageNames.map(workOf),
  {
    queues: ['notifier.chunks', 'notifier.recipients'],
    names: ['chunk.issued.v1', 'notification.due.v1'],
    find: async (tx) => [
      ...(await findUnmailed(tx)).map((message) => ({ name: 'chunk.issued.v1', message }) as const),
      ...(await findUntriedAgain(tx)).map((message) => ({ name: 'notification.due.v1', message }) as const),
    ],
  },
  {
    queues: ['boleto-generator.exports', 'boleto-generator.export-parts', 'boleto-generator.export-closings'],
    names: ['export.requested.v1', 'export.part.v1', 'export.close.v1'],
    find: async (tx) => (await findUnfinishedExports(tx)).flatMap(messagesOf),
  },
];

function workOf(stage: Stage): Work {
  return {
    queues: queuesOf(stage),
    names: [stages[stage].announceAs, stages[stage].retryAs],
    find: async (tx) => (await findUnfinished[stage](tx)).flatMap((chunk) => partsOf(stage, chunk)),
  };
}

/** Announces an untouched part as it was. The rest of a halved part is tried alone. */
function partsOf(stage: Stage, { batchId, chunkNo, due, done }: Unfinished): readonly AnyMessage[] {
  const { announceAs, retryAs } = stages[stage];
  return due.flatMap((whole) =>
    gapsOf(whole, done).map((gap): AnyMessage => ({
      name: isWhole(gap, whole) ? announceAs : retryAs,
      message: { batchId, chunkNo, ...gap },
    })),
  );
}

function isWhole(gap: Lines, whole: Lines): boolean {
  return gap.fromLine === whole.fromLine && gap.toLine === whole.toLine;
}

function messagesOf({ batchId, exportId, status, missing }: UnfinishedExport): readonly AnyMessage[] {
  const about = { batchId, exportId };
  if (status === 'requested') return [{ name: 'export.requested.v1', message: about }];
  if (missing.length === 0) return [{ name: 'export.close.v1', message: about }];
  return missing.map((partNo) => ({ name: 'export.part.v1', message: { ...about, partNo } }));
}
