import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { emailRateMetrics, type EmailRateMetrics } from './email-rate.metrics.ts';
import { METRICS, type Loop } from '#process';
import { takeTokens, waitMs, type Rate } from './token-bucket.ts';

/** `null` is no limit. */
export const SMTP_RATE = Symbol('smtp rate');

const BUCKET = 'smtp';
/** Longest sleep before looking again: the bucket is others' too, and its clock is not ours. */
const SLEEP_MS_MAX = 5_000;

/**
 * How fast all replicas together hand e-mails to the mail server. As a loop of its process it is told when to stop:
 * from then on nobody waits any more.
 */
@Injectable()
export class SmtpRate implements Loop {
  private readonly metrics: EmailRateMetrics;
  private readonly stopping = new AbortController();

  constructor(
    private readonly dataSource: DataSource,
    @Inject(SMTP_RATE) private readonly rate: Rate | null,
    @Inject(METRICS) registry: Registry,
  ) {
    this.metrics = emailRateMetrics(registry);
  }

  start(): void {
    // Nothing runs by itself.
  }

  async stop(): Promise<void> {
    this.stopping.abort(new Error('told to stop'));
    await Promise.resolve();
  }

  /** True from the moment in which the process is told to stop: what can be left to others should be. */
  get isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  /**
   * How many of `wanted` e-mails may be sent now, at least one. Waits until there is one; 0 when `signal` aborts or the
   * process stops before.
   */
  async permits(wanted: number, signal: AbortSignal): Promise<number> {
    const { rate } = this;
    if (rate === null) return wanted;
    const ended = AbortSignal.any([signal, this.stopping.signal]);
    while (!ended.aborted) {
      const { granted, left } = await takeTokens(this.dataSource.manager, BUCKET, rate, wanted);
      if (granted > 0) return granted;
      await this.wait(Math.min(SLEEP_MS_MAX, waitMs(rate, left, wanted)), ended);
    }
    return 0;
  }

  private async wait(ms: number, ended: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    this.metrics.waiting(1);
    // Rejects when it is ended, which the caller sees for itself.
    await delay(ms, undefined, { signal: ended }).catch(() => undefined);
    this.metrics.waiting(-1);
    this.metrics.waited((performance.now() - startedAt) / 1_000);
  }
}
