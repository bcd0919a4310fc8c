import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Principal } from '#access';
import type { BatchView } from '#contracts/http';
import type { Logger } from '#observability';
import { LOGGER } from '#process';
import { BatchReader } from './batch-reader.ts';

/** One look at the database a batch, however many listen. */
const POLL_MS = 500;

/** `snapshot`: something changed. `final`: nothing will change any more. `closed`: this process stops; ask another. */
export type ProgressEvent =
  { readonly kind: 'snapshot' | 'final'; readonly batch: BatchView } | { readonly kind: 'closed' };

type Listener = (event: ProgressEvent) => void;

interface Topic {
  /** The first listener. All of them may see the batch, so that one look serves all. */
  readonly caller: Principal;
  readonly listeners: Set<Listener>;
  /** The last event that every listener has got. */
  last?: { readonly key: string; readonly batch: BatchView };
}

/** Tells the listeners of a batch about its progress, until nothing will change any more. */
@Injectable()
export class ProgressFeed implements BeforeApplicationShutdown {
  readonly #topics = new Map<string, Topic>();
  readonly #stopping = new AbortController();

  constructor(
    private readonly reader: BatchReader,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    // Each batch that is followed waits on it. Node takes more than ten listeners for a leak; here streams are limited.
    setMaxListeners(0, this.#stopping.signal);
  }

  /** Listeners of all batches. */
  get listening(): number {
    return [...this.#topics.values()].reduce((sum, { listeners }) => sum + listeners.size, 0);
  }

  /**
   * Sends the events of a batch that the caller has read before. The first is the batch as it is now. After `final` or
   * `closed` none follows. Calling what is returned ends it at any time.
   */
  subscribe(caller: Principal, batchId: string, listener: Listener): () => void {
    const known = this.#topics.get(batchId);
    const topic = known ?? { caller, listeners: new Set() };
    topic.listeners.add(listener);
    if (known === undefined) {
      this.#topics.set(batchId, topic);
      void this.#follow(batchId, topic);
    } else if (topic.last !== undefined) {
      listener({ kind: 'snapshot', batch: topic.last.batch });
    }
    return () => {
      topic.listeners.delete(listener);
    };
  }

  /** Streams would keep the server from closing: they are ended, and their clients come back by themselves. */
  beforeApplicationShutdown(): void {
    this.#stopping.abort(new Error('told to stop'));
    for (const [batchId, topic] of this.#topics) this.#tell(batchId, topic, { kind: 'closed' });
  }

  /** Never rejects: a database that is away for a while only makes the news late. */
  async #follow(batchId: string, topic: Topic): Promise<void> {
    const { signal } = this.#stopping;
    while (topic.listeners.size > 0 && !signal.aborted) {
      if (await this.#look(batchId, topic)) return;
      await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
    if (this.#topics.get(batchId) === topic) this.#topics.delete(batchId);
  }

  /** True when there is nothing more to tell. */
  async #look(batchId: string, topic: Topic): Promise<boolean> {
    try {
      const found = await this.reader.read(topic.caller, batchId);
      if (found === undefined) throw new Error(`batch ${batchId} is gone`);
      const { view: batch, settled } = found;
      // The estimate alone changes with every look: that is no news.
      const key = JSON.stringify({ ...batch, eta: undefined });
      if (key !== topic.last?.key) this.#tell(batchId, topic, { kind: 'snapshot', batch });
      topic.last = { key, batch };
      if (settled) this.#tell(batchId, topic, { kind: 'final', batch });
      return settled;
    } catch (error) {
      this.logger.warn('cannot look at the progress of a batch', { event: 'progress.unknown', batchId, error });
      return false;
    }
  }

  #tell(batchId: string, topic: Topic, event: ProgressEvent): void {
    const listeners = [...topic.listeners];
    if (event.kind !== 'snapshot') {
      topic.listeners.clear();
      this.#topics.delete(batchId);
    }
    for (const listener of listeners) listener(event);
  }
}
