import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { withTransaction } from '#database';
import { done, postpone, type Delivery, type Handler, type Outcome } from '#broker';
import { enqueue, enqueueAll } from '#outbox';
import { addLogContext } from '#observability';
import { BoletoMailer, concernsAll, type Attempt } from './boleto-mailer.ts';
import { Claims } from '../claims/claims.ts';
import { describeFailure } from '../smtp/classify-smtp-error.ts';
import { loadForMail, type ForMail } from './load-for-mail.ts';
import { findUntried, openSlice, recordAttempts, type Slice } from '../claims/notifications.queries.ts';
import { SmtpRate } from '../smtp/smtp-rate.ts';

/** How the work of a delivery is cut. */
export interface NotifyPace {
  /** Until an e-mail that failed for now is tried again. */
  readonly firstRetryMs: number;
  /**
   * Boletos of one delivery. The rest of the part goes to the end of the queue as a message of its own, so that the e-mails
   * of a small batch do not wait for the ten thousand of a chunk, and a fault costs a delivery of so many, not of all.
   */
  readonly sliceMax: number;
  /**
   * E-mails whose outcomes are recorded together, while the next group is sent: what a crash sends once more is at most
   * two groups of each delivery in hand.
   */
  readonly groupMax: number;
}

export const NOTIFY_PACE = Symbol('notify pace');

/**
 * A delivery begins no e-mail after this, whatever the mail server or the limit of e-mails makes it wait: the broker takes
 * a consumer that acknowledges nothing for 30 minutes for dead.
 */
const SLICE_MS_MAX = 60_000;
const KIND = 'boleto_issued';

/** What became of a slice. */
interface Sending {
  tried: number;
  /** Why no other e-mail would pass, as the answer to the delivery. */
  postponed: Outcome | undefined;
}

/**
 * chunk.issued.v1 → one e-mail for each boleto of the part, slice by slice. It records as it goes, so a redelivery sends
 * only what is left. A recipient that fails for now goes on alone, with a message of its own; a server that is
 * unavailable sends the part back as it is.
 */
@Injectable()
export class NotifyChunkHandler implements Handler<'notifier.chunks'> {
  readonly queues = ['notifier.chunks'] as const;

  constructor(
    private readonly dataSource: DataSource,
    private readonly mailer: BoletoMailer,
    private readonly rate: SmtpRate,
    @Inject(NOTIFY_PACE) private readonly pace: NotifyPace,
  ) {}

  async handle({ message: part, signal, commit }: Delivery<'notifier.chunks'>): Promise<Outcome> {
    const slice = await withTransaction(this.dataSource, async (tx) => await openSlice(tx, part, this.pace.sliceMax));
    const claims = new Claims(this.dataSource, KIND);
    let sending: Sending;
    try {
      sending = await this.send(part.batchId, slice, claims, signal);
    } finally {
      await claims.end();
    }
    signal.throwIfAborted();
    if (sending.postponed !== undefined) return sending.postponed;

    const fromLine = await this.restOf(slice, sending);
    if (fromLine === undefined) return done;
    // Others have it in hand, or nothing may be sent: it comes back when that may have changed.
    const isAsBefore = sending.tried === 0 && fromLine !== slice.nextLine;
    if (isAsBefore) return postpone('nothing of it could be sent now', 'throttled');
    return await commit(async (tx) => {
      await enqueue(tx, 'chunk.issued.v1', { ...part, fromLine });
      return done;
    });
  }

  /** Sends one group while the group before is recorded and the one after is loaded. */
  private async send(batchId: string, slice: Slice, claims: Claims, signal: AbortSignal): Promise<Sending> {
    const sending: Sending = { tried: 0, postponed: undefined };
    const counts = { delivered: 0, invalid: 0, permanent: 0, transient: 0, throttled: 0, unavailable: 0, unknown: 0 };
    const over = AbortSignal.any([signal, AbortSignal.timeout(SLICE_MS_MAX)]);
    const mayGoOn = (): boolean => !over.aborted && !this.rate.isStopping && sending.postponed === undefined;
    const groups = this.groups(slice, claims, over, mayGoOn);
    let next = guarded(groups.next());
    let recording = guarded(Promise.resolve());
    try {
      for (let group = await next; group.done !== true; group = await next) {
        const { boletos, failed } = group.value;
        next = guarded(groups.next());
        const sent = await this.mailer.send(boletos, () => mayGoOn() && claims.areValid);
        const attempts = [...failed, ...sent];
        for (const { outcome } of attempts) {
          counts[outcome.kind] += 1;
          if (concernsAll(outcome)) sending.postponed = postpone(describeFailure(outcome), outcome.kind);
          else sending.tried += 1;
        }
        addLogContext(counts);
        await recording;
        // Also when the message was lost meanwhile: what was sent was sent.
        recording = guarded(this.record(batchId, attempts, claims));
      }
    } finally {
      await Promise.allSettled([next, recording]);
    }
    await recording;
    return sending;
  }

  /** Groups in line order, each in our hands, with the limit's permission to send as many. */
  private async *groups(
    { untried }: Slice,
    claims: Claims,
    over: AbortSignal,
    mayGoOn: () => boolean,
  ): AsyncGenerator<ForMail, void> {
    for (let at = 0; at < untried.length && mayGoOn();) {
      const permits = await this.rate.permits(Math.min(this.pace.groupMax, untried.length - at), over);
      const boletoIds = await claims.claim(untried.slice(at, at + permits).map(({ boletoId }) => boletoId));
      at += permits;
      if (boletoIds.length > 0) yield await loadForMail(this.dataSource, boletoIds);
    }
  }

  /** Line of the first boleto of the part that is still to be mailed; undefined when there is none. */
  private async restOf({ untried, nextLine }: Slice, { tried }: Sending): Promise<number | undefined> {
    if (tried === untried.length) return nextLine;
    const left = await findUntried(
      this.dataSource.manager,
      untried.map(({ boletoId }) => boletoId),
    );
    return untried.find(({ boletoId }) => left.has(boletoId))?.line ?? nextLine;
  }

  private async record(batchId: string, attempts: readonly Attempt[], claims: Claims): Promise<void> {
    const final = attempts.filter(({ outcome }) => !concernsAll(outcome));
    claims.settle(final.map(({ boletoId }) => boletoId));
    await withTransaction(this.dataSource, async (tx) => {
      const boletoIds = await recordAttempts(tx, KIND, final, 0);
      const messages = boletoIds.map((boletoId) => ({ batchId, boletoId, kind: KIND }) as const);
      await enqueueAll(tx, 'notification.due.v1', messages, { delayMs: this.pace.firstRetryMs });
    });
  }
}

/** A promise that is awaited later, and whose failure until then is nobody's surprise. */
function guarded<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
