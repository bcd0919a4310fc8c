import type { DataSource } from 'typeorm';
import type { BACK_PRESSURE_CODES } from '#contracts/http';
import { ProblemError } from '../problems/problem.ts';
import { readPublishing, type Publishing } from './back-pressure.queries.ts';

/** Milliseconds for which a reading is reused, so that a thousand requests in a second cost one look. */
const FRESH_MS = 1_000;
/**
 * An alarm lasts until an operator or the consumers make room; a backlog of the default size is published in seconds.
 */
const RETRY_AFTER_SECONDS = 10;

/**
 * Refuses requests that make new work while no process can take it: the broker blocks its publishers, or more messages
 * than OUTBOX_DUE_MAX wait to be published. A broker or a relay that is merely away is no reason: the outbox holds the
 * work, up to that limit.
 */
export class BackPressure {
  #last: { readonly at: number; readonly publishing: Promise<Publishing> } | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly dueMax: number,
  ) {}

  /** @throws ProblemError 503 when there is too much to do already. Call it before a body is read. */
  async check(): Promise<void> {
    const { isBlocked, due } = await this.#read();
    if (isBlocked) throw refusal('BROKER_BLOCKED', 'the message broker is short of memory or disk');
    if (due > this.dueMax) {
      throw refusal('OUTBOX_FULL', `more than ${this.dueMax.toString()} messages wait to be published`);
    }
  }

  /** One of several simultaneous requests looks, and the others wait for it. A failed look is not kept. */
  async #read(): Promise<Publishing> {
    const now = performance.now();
    if (this.#last === undefined || now - this.#last.at >= FRESH_MS) {
      const publishing = readPublishing(this.dataSource.manager, this.dueMax);
      const look = { at: now, publishing };
      this.#last = look;
      publishing.catch(() => {
        if (this.#last === look) this.#last = undefined;
      });
    }
    return await this.#last.publishing;
  }
}

function refusal(code: (typeof BACK_PRESSURE_CODES)[number], detail: string): ProblemError {
  return new ProblemError({
    status: 503,
    code,
    title: 'New work is not taken right now',
    detail: `Nothing was changed: ${detail}. Send the same request again later.`,
    headers: { 'Retry-After': RETRY_AFTER_SECONDS.toString() },
  });
}
