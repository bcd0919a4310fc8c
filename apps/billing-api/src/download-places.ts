import type { ServerResponse } from 'node:http';
import { clientKey, ProblemError } from '#http';
import type { Places } from './places.ts';

const RETRY_AFTER_SECONDS = 10;

/**
 * Takes a place for a download until its response is closed.
 * @throws ProblemError 429 CLIENT_DOWNLOADS_FULL, 503 DOWNLOADS_FULL
 */
export function takePlace(places: Places, address: string | undefined, response: ServerResponse): void {
  const full = places.take(clientKey(address), response);
  if (full === 'client') throw clientDownloadsFull();
  if (full === 'process') throw downloadsFull();
}

function clientDownloadsFull(): ProblemError {
  return new ProblemError({
    status: 429,
    code: 'CLIENT_DOWNLOADS_FULL',
    title: 'This address has too many downloads open',
    detail: 'Read those that are open to their end, or close them, and send the same request again.',
    headers: { 'Retry-After': RETRY_AFTER_SECONDS.toString() },
  });
}

function downloadsFull(): ProblemError {
  return new ProblemError({
    status: 503,
    code: 'DOWNLOADS_FULL',
    title: 'Too many downloads are open',
    detail: 'Send the same request again in a moment.',
    headers: { 'Retry-After': RETRY_AFTER_SECONDS.toString() },
  });
}
