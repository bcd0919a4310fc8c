import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { METRICS, type Lifecycle } from '#process';
import { takeTokens, waitMs, type Rate } from '#token-buckets';
import { CONFIG, rateOf, type Config } from '../config.ts';
import { emailRateMetrics, type EmailRateMetrics } from './email-rate.metrics.ts';

const BUCKET = 'smtp';
/** The longest sleep before the next look: the bucket is shared, and its clock is not the clock of this process. */
const SLEEP_MS_MAX = 5_000;

/**
 * Limits how fast all replicas together hand e-mails to the mail server. It is part of the process's lifecycle so that
 * it learns of a stop: from then on no caller waits.
 */
@Injectable()
export class SmtpRate implements Lifecycle {
  readonly #rate: Rate | null;
  readonly #metrics: EmailRateMetrics;
  readonly #stopping = new AbortController();

  constructor(
    private readonly dataSource: DataSource,
    @Inject(CONFIG) config: Pick<Config, 'SMTP_RATE_PER_SECOND' | 'SMTP_BURST'>,
    @Inject(METRICS) registry: Registry,
  ) {
    this.#rate = rateOf(config);
    this.#metrics = emailRateMetrics(registry);
  }

  stop(): Promise<void> {
    this.#stopping.abort(new Error('told to stop'));
    return Promise.resolve();
  }

  /** True once the process has been told to stop: leave work to other processes where possible. */
  get isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  /**
   * Waits until at least one of the `wanted` e-mails may be sent, and returns how many may. Returns 0 when `signal`
   * aborts or the process stops first.
   */
  async permits(wanted: number, signal: AbortSignal): Promise<number> {
    const rate = this.#rate;
    if (rate === null) return wanted;
    const ended = AbortSignal.any([signal, this.#stopping.signal]);
    while (!ended.aborted) {
      const { granted, left } = await takeTokens(this.dataSource.manager, { name: BUCKET, rate, wanted });
      if (granted > 0) return granted;
      await this.#wait(Math.min(SLEEP_MS_MAX, waitMs(rate, left, wanted)), ended);
    }
    return 0;
  }

  async #wait(ms: number, ended: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    this.#metrics.waiting(1);
    // The delay rejects when it is aborted. The caller checks that itself.
    await delay(ms, undefined, { signal: ended }).catch(() => undefined);
    this.#metrics.waiting(-1);
    this.#metrics.waited((performance.now() - startedAt) / 1_000);
  }
}
