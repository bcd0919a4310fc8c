import type { IncomingMessage, ServerResponse } from 'node:http';
import { networkKey } from './client-address.ts';
import { MemoryRates } from './gcra.ts';
import { rateLimited, tellRate, type NamedRate } from './rate-headers.ts';

interface RoutedRequest extends IncomingMessage {
  /** The client's address, behind trusted proxies too (express). */
  readonly ip?: string | undefined;
}

/** A session's cookie begins with this name (RFC 6265bis: only this host, only over TLS or on the loopback). */
const SESSION = '__Host-';

/**
 * 429 for a network that asks too much without a key or a session. A request with one of them is counted when its
 * answer was 401, because then it named no caller; requests with a right key count against that key.
 */
export function limitAnonymous(rate: NamedRate) {
  const rates = new MemoryRates();
  return (request: RoutedRequest, response: ServerResponse, next: (error?: unknown) => void): void => {
    const network = networkKey(request.ip);
    if (hasCredential(request)) {
      response.once('finish', () => {
        if (response.statusCode === 401) rates.take(network, rate);
      });
      next();
      return;
    }
    const state = rates.take(network, rate);
    tellRate(response, rate, state);
    next(state.isAllowed ? undefined : rateLimited(rate, state));
  };
}

function hasCredential({ headers }: IncomingMessage): boolean {
  return headers.authorization !== undefined || headers.cookie?.includes(SESSION) === true;
}
