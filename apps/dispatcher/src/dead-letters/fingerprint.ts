import { createHash } from 'node:crypto';

export interface Failure {
  readonly queue: string;
  readonly reason: string;
  /** The error as `describeError` of #broker gives it, if one was thrown. */
  readonly error: unknown;
}

/** The details in which two failures of the same kind differ: ids, addresses, quoted values, numbers. */
const PARTICULARS: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, '<id>'],
  [/(?<![^\s<>"'])[^\s<>"']+@[^\s<>"']+/g, '<address>'],
  [/"[^"]*"|'[^']*'|“[^“”]*”|«[^«»]*»/g, '<value>'],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/gi, '<hex>'],
  [/\d+(?:[.,]\d+)*/g, '<n>'],
  [/\s+/g, ' '],
];

/** Enough of a reason to tell causes apart: the patterns take quadratic time on a long text of the wrong kind. */
const REASON_CHARS_MAX = 2_000;

/**
 * Sixteen hexadecimal digits that are the same for failures of one queue that have the same cause, as far as the
 * reason and the class of the error tell.
 */
export function fingerprintOf({ queue, reason, error }: Failure): string {
  const start = reason.slice(0, REASON_CHARS_MAX);
  const normalised = PARTICULARS.reduce((text, [pattern, name]) => text.replaceAll(pattern, name), start);
  return createHash('sha256')
    .update([queue, errorType(error), normalised.trim().toLowerCase()].join('\n'))
    .digest('hex')
    .slice(0, 16);
}

function errorType(error: unknown): string {
  return typeof error === 'object' && error !== null && 'type' in error && typeof error.type === 'string'
    ? error.type
    : '';
}
