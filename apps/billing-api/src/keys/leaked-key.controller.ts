import { Body, Controller, Ip } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { DataSource } from 'typeorm';
import { hashOfKey, isKeyText, revokeKeyByHash } from '#access';
import { leakedKey, type LeakedKey, type LeakedKeyEnded } from '#contracts/http';
import { withTransaction } from '#database';
import { clientKey, ProblemError, Route } from '#http';

const PER_MINUTE = 10;
const MINUTE_SECONDS = 60;

@Controller()
export class LeakedKeyController {
  readonly #calls = new RateLimiterMemory({ points: PER_MINUTE, duration: MINUTE_SECONDS });

  constructor(private readonly dataSource: DataSource) {}

  @Route('POST /v1/api-keys/leaked')
  async end(@Body({ schema: leakedKey }) { key }: LeakedKey, @Ip() ip: string): Promise<LeakedKeyEnded> {
    await this.#takeTurn(ip);
    if (!isKeyText(key)) return { ended: false };
    const ended = await withTransaction(this.dataSource, (tx) => revokeKeyByHash(tx, hashOfKey(key), 'found leaked'));
    return { ended: ended !== undefined };
  }

  async #takeTurn(ip: string): Promise<void> {
    try {
      await this.#calls.consume(clientKey(ip));
    } catch (reason) {
      if (!(reason instanceof RateLimiterRes)) throw reason;
      throw new ProblemError({
        status: 429,
        code: 'RATE_LIMITED',
        title: 'Too many keys from this address',
        headers: { 'Retry-After': Math.max(1, Math.ceil(reason.msBeforeNext / 1_000)).toString() },
      });
    }
  }
}
