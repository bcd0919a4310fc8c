import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { done, postpone, reject, type Delivery, type Handler, type Outcome } from '#broker';
import { topology, type ChunkPart } from '#contracts';
import { isRetryable, withTransaction, type Tx } from '#database';
import { addLogContext, type Logger } from '#observability';
import { enqueue, enqueueAll } from '#outbox';
import { LOGGER } from '#process';
import { Claims } from '../claims/claims.ts';
import {
  advanceLent,
  advanceOwn,
  giveTurnBack,
  takeTurn,
  type LentTurn,
  type Sender,
} from '../claims/mail-turns.queries.ts';
import { findUntried, openSlice, recordAttempts, type Slice } from '../claims/notifications.queries.ts';
import { CONFIG, type Config } from '../config.ts';
import { describeFailure } from '../smtp/classify-smtp-error.ts';
import { DailyEmails } from '../smtp/daily-emails.ts';
import { SmtpRate } from '../smtp/smtp-rate.ts';
import { BoletoMailer, concernsAll, type Attempt } from './boleto-mailer.ts';
import { loadForMail, type ForMail } from './load-for-mail.ts';

/**
 * A delivery starts no e-mail after this time, however long the mail server or the rate limit makes it wait. The broker
 * treats a consumer that acknowledges nothing for 30 minutes as dead.
 */
const SLICE_MS_MAX = 60_000;
const KIND = 'boleto_issued';

/** The progress of one slice. */
interface Sending {
  tried: number;
  /** The answer to the delivery when no other e-mail would pass; undefined otherwise. */
  postponed: Outcome | undefined;
}

/** The work of one delivery on one slice. */
interface Sent {
  readonly sending: Sending;
  /** The line of the first boleto of the part that is still to be mailed; undefined when there is none. */
  readonly fromLine: number | undefined;
  /** False if nothing was sent and only time, or another delivery, changes that. */
  readonly hasAdvanced: boolean;
}

/**
 * chunk.issued.v1 → one e-mail for each boleto of the part, one slice per delivery. Outcomes are recorded during the
 * slice, so a redelivery sends only the rest. A recipient with a temporary failure gets a message of its own. When the
 * server is unavailable, the part goes back to the queue unchanged.
 *
 * Organizations take turns: a hundred messages of one do not stand before the first e-mail of another. A delivery whose
 * organization had its turn more recently than another one sends a slice of that one's oldest part and goes back to
 * the end of the queue. The message of the lent part finds those e-mails sent when it arrives.
 */
@Injectable()
export class NotifyChunkHandler implements Handler<'notifier.chunks'> {
  readonly queues = ['notifier.chunks'] as const;

  constructor(
    private readonly dataSource: DataSource,
    private readonly mailer: BoletoMailer,
    private readonly rate: SmtpRate,
    private readonly daily: DailyEmails,
    @Inject(CONFIG)
    private readonly config: Pick<Config, 'NOTIFY_SLICE_MAX' | 'NOTIFY_GROUP_MAX' | 'RETRY_DELAYS_MS'>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async handle({ message: part, signal, commit }: Delivery<'notifier.chunks'>): Promise<Outcome> {
    const turn = await takeTurn(this.dataSource.manager, part.batchId);
    if (turn === undefined) return reject(`batch ${part.batchId} does not exist`);
    const lent = turn.lent === undefined ? undefined : await this.#lend(turn.lent, signal);
    signal.throwIfAborted();
    if (lent?.sending.postponed !== undefined) return lent.sending.postponed;
    const isSpent = lent !== undefined && lent.sending.tried > 0;
    if (isSpent) return await commit(async (tx) => await again(tx, part));

    const { sending, fromLine, hasAdvanced } = await this.#sendSlice(part, turn.own, signal);
    signal.throwIfAborted();
    if (sending.postponed !== undefined) return sending.postponed;
    if (sending.tried === 0 && lent === undefined) await giveTurnBack(this.dataSource.manager, turn.own);
    if (fromLine === undefined) {
      await advanceOwn(this.dataSource.manager, part, undefined);
      return done;
    }
    // Another delivery holds these e-mails, or nothing may be sent now: the message returns when that may have changed.
    if (!hasAdvanced) return postpone('no e-mail of the part can be sent now', 'throttled');
    return await commit(async (tx) => {
      await advanceOwn(tx, part, fromLine);
      return await again(tx, { ...part, fromLine });
    });
  }

  /**
   * Sends a slice of another organization. A failure that the lent part alone may have is left to its own message,
   * which has the attempts and the dead letter; the hint goes, so that no other delivery meets it.
   */
  async #lend({ id, part, sender }: LentTurn, signal: AbortSignal): Promise<Sent | undefined> {
    try {
      const sent = await this.#sendSlice(part, sender, signal);
      if (sent.hasAdvanced || sent.fromLine === undefined) {
        await advanceLent(this.dataSource.manager, id, sent.fromLine);
      }
      return sent;
    } catch (error) {
      if (signal.aborted || isRetryable(error)) throw error;
      this.logger.warn('a lent part cannot be mailed', { event: 'mail.lent_failed', batchId: part.batchId, error });
      await advanceLent(this.dataSource.manager, id, undefined);
      return undefined;
    }
  }

  async #sendSlice(part: ChunkPart, sender: Sender, signal: AbortSignal): Promise<Sent> {
    const opened = await withTransaction(
      this.dataSource,
      async (tx) => await openSlice(tx, part, this.config.NOTIFY_SLICE_MAX),
    );
    const permits = await this.daily.take(sender, opened.untried.length);
    const slice = { ...opened, untried: opened.untried.slice(0, permits) };
    const claims = new Claims(this.dataSource, KIND);
    let sending: Sending | undefined;
    try {
      sending = await this.#send(part.batchId, slice, claims, signal);
    } finally {
      await claims.end();
      await this.daily.giveBack(sender, permits - (sending?.tried ?? 0));
    }
    const fromLine = await this.#restOf(opened, sending);
    return { sending, fromLine, hasAdvanced: sending.tried > 0 || fromLine === opened.nextLine };
  }

  /** Sends one group while the previous group is recorded and the next one is loaded. */
  async #send(batchId: string, slice: Slice, claims: Claims, signal: AbortSignal): Promise<Sending> {
    const sending: Sending = { tried: 0, postponed: undefined };
    const counts = { delivered: 0, invalid: 0, permanent: 0, transient: 0, throttled: 0, unavailable: 0, unknown: 0 };
    const over = AbortSignal.any([signal, AbortSignal.timeout(SLICE_MS_MAX)]);
    const mayGoOn = (): boolean => !over.aborted && !this.rate.isStopping && sending.postponed === undefined;
    const groups = this.#groups(slice, claims, over, mayGoOn);
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
        // Recorded even if the message was lost meanwhile, because these e-mails have been sent.
        recording = guarded(this.#record(batchId, attempts, claims));
      }
    } finally {
      await Promise.allSettled([next, recording]);
    }
    await recording;
    return sending;
  }

  /** Yields groups in line order. Each group is claimed and has the rate limit's permission for all its e-mails. */
  async *#groups(
    { untried }: Slice,
    claims: Claims,
    over: AbortSignal,
    mayGoOn: () => boolean,
  ): AsyncGenerator<ForMail, void> {
    for (let at = 0; at < untried.length && mayGoOn();) {
      const permits = await this.rate.permits(Math.min(this.config.NOTIFY_GROUP_MAX, untried.length - at), over);
      const boletoIds = await claims.claim(untried.slice(at, at + permits).map(({ boletoId }) => boletoId));
      at += permits;
      if (boletoIds.length > 0) yield await loadForMail(this.dataSource, boletoIds);
    }
  }

  /** The line of the first boleto of the part that is still to be mailed; undefined when there is none. */
  async #restOf({ untried, nextLine }: Slice, { tried }: Sending): Promise<number | undefined> {
    if (tried === untried.length) return nextLine;
    const left = await findUntried(
      this.dataSource.manager,
      untried.map(({ boletoId }) => boletoId),
    );
    return untried.find(({ boletoId }) => left.has(boletoId))?.line ?? nextLine;
  }

  async #record(batchId: string, attempts: readonly Attempt[], claims: Claims): Promise<void> {
    const final = attempts.filter(({ outcome }) => !concernsAll(outcome));
    claims.settle(final.map(({ boletoId }) => boletoId));
    await withTransaction(this.dataSource, async (tx) => {
      const boletoIds = await recordAttempts(tx, KIND, final, 0);
      // Delay before an e-mail with a temporary failure is tried again.
      const delayMs = this.config.RETRY_DELAYS_MS?.[0] ?? topology.retryDelaysMs[0];
      const messages = boletoIds.map((boletoId) => ({ batchId, boletoId, kind: KIND }) as const);
      await enqueueAll(tx, 'notification.due.v1', messages, { delayMs });
    });
  }
}

/** The message goes to the end of the queue. */
async function again(tx: Tx, part: ChunkPart): Promise<Outcome> {
  await enqueue(tx, 'chunk.issued.v1', part);
  return done;
}

/** Marks the promise as handled: it is awaited later, and a rejection before that must not count as unhandled. */
function guarded<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
