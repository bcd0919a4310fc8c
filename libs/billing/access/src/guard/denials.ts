import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { recordAudit, type AuditActor } from '#audit';
import { withTransaction } from '#database';
import type { Logger } from '#observability';
import { LOGGER } from '#process';

/** A caller that is refused again and again is on record once in this time. */
const REST_MS = 1_000;
/** Callers whose last refusal is remembered. */
const REMEMBERED_MAX = 10_000;

interface Denial {
  /** 'POST /v1/batches' */
  readonly route: string;
  readonly code: string;
  readonly permission?: string | undefined;
  readonly reason?: string | undefined;
}

/** Puts refused requests on record, in a transaction of their own, at most one a second for each caller. */
@Injectable()
export class Denials {
  /** When each caller was on record last, the oldest first. */
  readonly #last = new Map<string, number>();

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** The refusal stands whether or not it could be put on record. */
  async record(actor: AuditActor, { route, ...details }: Denial): Promise<void> {
    if (actor.id === undefined || !this.#takesTurn(actor.id, Date.now())) return;
    try {
      await withTransaction(this.dataSource, async (tx) => {
        const target = { kind: 'route', id: route } as const;
        await recordAudit(tx, actor, { action: 'request.denied', target, details, outcome: 'denied' });
      });
    } catch (error) {
      this.logger.warn('cannot put a refusal on record', { event: 'audit.failed', route, error });
    }
  }

  #takesTurn(id: string, now: number): boolean {
    const last = this.#last.get(id);
    if (last !== undefined && now - last < REST_MS) return false;
    this.#last.delete(id);
    this.#last.set(id, now);
    const [oldest] = this.#last.keys();
    if (this.#last.size > REMEMBERED_MAX && oldest !== undefined) this.#last.delete(oldest);
    return true;
  }
}
