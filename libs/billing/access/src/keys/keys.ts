import { randomUUID } from 'node:crypto';
import { keyPermissions, type Permission } from '#contracts/http';
import type { Db, Tx } from '#database';
import { hashOfKey, hintOfKey, newKeyText, type KeyKind } from './key-text.ts';
import { endKeyAfterGrace, insertKey, lockKey } from './keys.queries.ts';

/** The organization of installations with one company, and of everything that was there before organizations. */
export const DEFAULT_ORGANIZATION = '00000000-0000-4000-8000-000000000001';

const DAY_SECONDS = 24 * 60 * 60;
const HOUR_SECONDS = 60 * 60;

export interface KeyRequest {
  readonly organizationId: string;
  readonly name: string;
  readonly kind: KeyKind;
  readonly scopes: readonly Permission[];
  /** Null: all issuers of the organization. */
  readonly issuerIds: readonly string[] | null;
  /** Null: all networks. */
  readonly cidrs: readonly string[] | null;
  /** At most 400. */
  readonly expiresInDays: number;
  /** The person that asks; null for a key that a script makes. */
  readonly createdBy: string | null;
}

/** A new key. `secret` is its text, which is stored nowhere. */
export interface MadeKey {
  readonly id: string;
  readonly hint: string;
  readonly secret: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/**
 * Makes a key.
 * @throws Error for a scope that no key may have
 */
export async function makeKey(db: Db, request: KeyRequest): Promise<MadeKey> {
  return store(db, { ...request, replaces: null, expiresInSeconds: request.expiresInDays * DAY_SECONDS });
}

/**
 * A new text for a key. The old one works for `graceHours` more, so that its users can change over one by one. The new
 * one lives as long as the old one was made for. Undefined if the organization has no such key that still works.
 */
export async function rotateKey(
  tx: Tx,
  key: { readonly id: string; readonly organizationId: string },
  by: { readonly graceHours: number; readonly createdBy: string | null },
): Promise<MadeKey | undefined> {
  const old = await lockKey(tx, key);
  if (old === undefined || old.revokedAt !== null || old.expiresAt <= new Date()) return undefined;
  await endKeyAfterGrace(tx, old.id, by.graceHours * HOUR_SECONDS);
  return store(tx, {
    organizationId: old.organizationId,
    name: old.name,
    kind: old.hint.startsWith('sbk_test_') ? 'test' : 'live',
    scopes: old.scopes,
    issuerIds: old.issuerIds,
    cidrs: old.cidrs,
    createdBy: by.createdBy,
    replaces: old.id,
    expiresInSeconds: Math.round((old.expiresAt.getTime() - old.createdAt.getTime()) / 1_000),
  });
}

async function store(
  db: Db,
  request: Omit<KeyRequest, 'expiresInDays' | 'scopes'> & {
    readonly scopes: readonly string[];
    readonly replaces: string | null;
    readonly expiresInSeconds: number;
  },
): Promise<MadeKey> {
  const { kind, scopes, ...facts } = request;
  const given: ReadonlySet<string> = new Set(keyPermissions);
  const beyond = scopes.filter((scope) => !given.has(scope));
  if (beyond.length > 0) throw new Error(`no key may have ${beyond.join(', ')}`);
  const secret = newKeyText(kind);
  const id = randomUUID();
  const hint = hintOfKey(secret);
  const dates = await insertKey(db, { ...facts, id, hash: hashOfKey(secret), hint, scopes });
  return { id, hint, secret, ...dates };
}
