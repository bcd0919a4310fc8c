import type { Permission } from '#contracts/http';

/** The session of a person that has signed in. */
export interface PersonSession {
  /** SHA-256 of the cookie's token. */
  readonly idHash: Buffer;
  /** When the person last proved all factors. */
  readonly authTime: Date;
  /** What the person could prove the identity with again: password, totp, passkey, oidc. */
  readonly methods: readonly string[];
  readonly hasTwoFactors: boolean;
}

/** The caller of a request, as the guard has found it. It never comes from a body, a query or a header of names. */
export interface Principal {
  readonly kind: 'key' | 'person';
  /** The id of the key, or of the person. */
  readonly id: string;
  /** The person that made the key; undefined for a person, and for a key that a script made. */
  readonly madeBy?: string;
  /** The name of the key or of the person, for records that people read. */
  readonly name: string;
  readonly organizationId: string;
  /** The issuers it may act for; null for all of the organization. */
  readonly issuerIds: readonly string[] | null;
  readonly permissions: ReadonlySet<Permission>;
  /** Limits of the organization that differ from the defaults. */
  readonly limits: Readonly<Record<string, unknown>>;
  /** There for a person that has signed in. */
  readonly session?: PersonSession;
}

export function mayDo(principal: Principal, permission: Permission): boolean {
  return principal.permissions.has(permission);
}
