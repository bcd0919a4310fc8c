import { Body, Controller, Ip } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { LeakedKeys } from '#access';
import { networkOf } from '#audit';
import { leakedKey, type LeakedKey, type LeakedKeyEnded } from '#contracts/http';
import { clientKey, ProblemError, Route } from '#http';

const PER_MINUTE = 10;
const MINUTE_SECONDS = 60;

@Controller()
export class LeakedKeyController {
  readonly #calls = new RateLimiterMemory({ points: PER_MINUTE, duration: MINUTE_SECONDS });

  constructor(private readonly leakedKeys: LeakedKeys) {}

  @Route('POST /v1/api-keys/leaked')
  async end(@Body({ schema: leakedKey }) { key }: LeakedKey, @Ip() ip: string): Promise<LeakedKeyEnded> {
    await this.#takeTurn(ip);
    return { ended: await this.leakedKeys.end(key, networkOf(ip)) };
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
