import type { DataSource } from 'typeorm';
import type { MessageName, QueueName } from '#contracts';
import { withTransaction } from '#database';
import type { AnyMessage } from '#outbox';
import { works } from './due-messages.ts';
import { announceAgain, countMissing, noteMissing, takeTurn } from './missing.queries.ts';
import { findStopped } from './unfinished.queries.ts';

/** Work that could not be looked at. */
interface Failure {
  readonly names: readonly MessageName[];
  readonly error: unknown;
}

export interface Round {
  readonly announced: Awaited<ReturnType<typeof announceAgain>>;
  readonly missing: Awaited<ReturnType<typeof countMissing>>;
  readonly failures: readonly Failure[];
}

/**
 * Looks once at all work that must end. Unfinished work is waiting while its stage is paused or without its provider,
 * or while any of its queues, retries and dead letters included, holds a message. Otherwise its message is missing,
 * unless a worker has it in hand. Work is announced again only when every look of the grace time found it missing. A
 * kind of work that cannot be looked at does not keep the others from being watched. Returns undefined when another
 * relay is looking.
 */
export async function watch(
  dataSource: DataSource,
  graceSeconds: number,
  isIdle: (queue: QueueName) => Promise<boolean>,
): Promise<Round | undefined> {
  const missing: AnyMessage[] = [];
  const failures: Failure[] = [];
  const stopped = await findStopped(dataSource.manager);
  for (const { queues, names, find } of works) {
    if (queues.some((queue) => stopped.has(queue))) continue;
    try {
      const idle = await Promise.all(queues.map(isIdle));
      if (idle.every(Boolean)) missing.push(...(await find(dataSource.manager)));
    } catch (error) {
      failures.push({ names, error });
    }
  }
  const notLookedFor = failures.flatMap(({ names }) => names);
  return await withTransaction(dataSource, async (tx) => {
    if (!(await takeTurn(tx))) return undefined;
    await noteMissing(tx, missing, notLookedFor);
    const announced = await announceAgain(tx, graceSeconds, notLookedFor);
    return { announced, missing: await countMissing(tx), failures };
  });
}
