import { createHash } from 'node:crypto';

/** An event as it is sealed: these fields, in the form in which GET /v1/audit-events answers them. */
export interface SealableEvent {
  readonly id: string;
  /** To the microsecond. */
  readonly at: string;
  readonly organizationId: string | null;
  readonly actorKind: string;
  readonly actorId: string | null;
  readonly action: string;
  readonly targetKind: string | null;
  readonly targetId: string | null;
  readonly requestId: string | null;
  readonly network: string | null;
  readonly outcome: string;
  readonly details: unknown;
}

/** The head of a seal. */
export interface SealHead {
  /** Counts the seals of a chain, from 1. */
  readonly seq: number;
  /** To the microsecond. */
  readonly at: string;
  /** The root of the seal before. */
  readonly prev: Buffer;
}

/** The root before the first seal of a chain. */
export const NO_ROOT = Buffer.alloc(32);

/**
 * JSON without spaces, with the names of every object in the order of their UTF-16 units: one text for one value, in
 * whatever order the database or a client has its fields.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`);
  return `{${fields.join(',')}}`;
}

/** The SHA-256 of an event. */
export function digestOf(event: SealableEvent): Buffer {
  return createHash('sha256').update(canonicalJson(event)).digest();
}

/** The root of a seal: SHA-256 of the root before it, its own head and the digests of its events. */
export function rootOf({ seq, at, prev }: SealHead, eventIds: readonly string[], digests: Buffer): Buffer {
  return createHash('sha256')
    .update(prev)
    .update(canonicalJson([seq, at, eventIds]))
    .update(digests)
    .digest();
}
