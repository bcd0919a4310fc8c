import type { ServerResponse } from 'node:http';
import { ProblemError } from '../problems/problem.ts';
import type { Rate, RateState } from './gcra.ts';

/** A limit under its name of the table of limits. */
export interface NamedRate extends Rate {
  readonly name: string;
}

/**
 * Tells the limit in the fields of draft-ietf-httpapi-ratelimit-headers-10: `RateLimit-Policy: "requests";q=100;w=2`
 * is a hundred in two seconds, and `RateLimit: "requests";r=98;t=1` that 98 are left now, and all of them in a second.
 * Several limits of one answer stand behind one another.
 */
export function tellRate(response: ServerResponse, { name, burst, ratePerSecond }: NamedRate, state: RateState): void {
  const seconds = Math.max(1, Math.ceil(burst / ratePerSecond));
  append(response, 'RateLimit-Policy', `"${name}";q=${burst.toString()};w=${seconds.toString()}`);
  append(
    response,
    'RateLimit',
    `"${name}";r=${state.remaining.toString()};t=${Math.ceil(state.resetMs / 1_000).toString()}`,
  );
}

function append(response: ServerResponse, field: string, item: string): void {
  const before = response.getHeader(field);
  response.setHeader(field, typeof before === 'string' ? `${before}, ${item}` : item);
}

/** 429 RATE_LIMITED, with the seconds to wait. `used`: what the limit had allowed when this request came. */
export function rateLimited({ name, burst }: NamedRate, { retryAfterMs }: RateState): ProblemError {
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1_000));
  return new ProblemError({
    status: 429,
    code: 'RATE_LIMITED',
    title: 'Too many requests',
    detail: `The limit "${name}" is reached. Nothing was changed: wait as long as Retry-After says.`,
    extra: {
      limit: burst,
      used: burst,
      resetsAt: new Date(Date.now() + retryAfterMs).toISOString(),
    },
    headers: { 'Retry-After': seconds.toString() },
  });
}
