import { z } from 'zod';

/** Whose use is counted: one row of counting for each value. */
export type CountedBy = 'address' | 'network' | 'account from a network' | 'key' | 'organization' | 'process';

/** So many at once after a pause, and then so many in a time. */
export interface RateLimit {
  readonly kind: 'rate';
  readonly burst: number;
  /** In the time of `per`. */
  readonly rate: number;
  readonly per: 'second' | 'minute' | 'hour';
  /** Memory of each process, which gets its share of the rate; or a row of token_buckets, which all processes share. */
  readonly kept: 'memory' | 'database';
}

/** So many at the same time, in each process. */
interface OpenLimit {
  readonly kind: 'open';
  readonly max: number;
}

/** So many from midnight to midnight, UTC. */
interface DailyLimit {
  readonly kind: 'daily';
  readonly max: number;
}

/** So many kept. */
interface KeptLimit {
  readonly kind: 'kept';
  readonly max: number;
}

export interface LimitSpec {
  /** The words of docs/security.md. */
  readonly what: string;
  readonly by: CountedBy;
  readonly limit: RateLimit | OpenLimit | DailyLimit | KeptLimit;
  /** The refusal; undefined where a connection is closed, or where work waits. */
  readonly answer?: { readonly status: 409 | 429 | 503; readonly code: string };
  /** Without an answer: what happens instead. */
  readonly instead?: string;
}

const RATE_LIMITED = { status: 429, code: 'RATE_LIMITED' } as const;
const QUOTA_EXCEEDED = { status: 429, code: 'QUOTA_EXCEEDED' } as const;
/** Waiting does not help here: something must be removed first. */
const LIMIT_REACHED = { status: 409, code: 'LIMIT_REACHED' } as const;
const GIGABYTE = 1_000_000_000;

/**
 * Every limit of a caller. The apps, docs/security.md and the tests read it. An organization may differ where
 * `organizationLimits` has the name.
 */
export const limits = {
  connections: {
    what: 'connections open (`CLIENT_CONNECTIONS_MAX`)',
    by: 'address',
    limit: { kind: 'open', max: 100 },
    instead: 'closed',
  },
  anonymousRequests: {
    what: 'requests without identity',
    by: 'network',
    limit: { kind: 'rate', burst: 40, rate: 10, per: 'second', kept: 'memory' },
    answer: RATE_LIMITED,
  },
  guesses: {
    what: 'requests for ids that are not there (`CLIENT_MISSES_PER_MINUTE`)',
    by: 'address',
    limit: { kind: 'rate', burst: 60, rate: 60, per: 'minute', kept: 'memory' },
    answer: RATE_LIMITED,
  },
  signInsOfAddress: {
    what: 'attempts to sign in with a password (`CLIENT_SIGN_INS_PER_MINUTE`)',
    by: 'network',
    limit: { kind: 'rate', burst: 5, rate: 5, per: 'minute', kept: 'database' },
    answer: RATE_LIMITED,
  },
  signInsOfAccount: {
    what: 'attempts to sign in with a password (twice `CLIENT_SIGN_INS_PER_MINUTE`)',
    by: 'account from a network',
    limit: { kind: 'rate', burst: 10, rate: 10, per: 'hour', kept: 'database' },
    answer: RATE_LIMITED,
  },
  leakedKeys: {
    what: 'reports of leaked keys',
    by: 'network',
    limit: { kind: 'rate', burst: 10, rate: 10, per: 'minute', kept: 'database' },
    answer: RATE_LIMITED,
  },
  requests: {
    what: 'requests with a key or a session',
    by: 'key',
    limit: { kind: 'rate', burst: 100, rate: 50, per: 'second', kept: 'memory' },
    answer: RATE_LIMITED,
  },
  uploads: {
    what: 'uploads',
    by: 'key',
    limit: { kind: 'rate', burst: 10, rate: 10, per: 'minute', kept: 'database' },
    answer: RATE_LIMITED,
  },
  uploadsOpenOfKey: {
    what: 'uploads open',
    by: 'key',
    limit: { kind: 'open', max: 4 },
    answer: { status: 429, code: 'CLIENT_UPLOADS_FULL' },
  },
  uploadsOpenOfOrganization: {
    what: 'uploads open',
    by: 'organization',
    limit: { kind: 'open', max: 8 },
    answer: { status: 429, code: 'CLIENT_UPLOADS_FULL' },
  },
  uploadsOpen: {
    what: 'uploads open (`UPLOADS_MAX`)',
    by: 'process',
    limit: { kind: 'open', max: 16 },
    answer: { status: 503, code: 'UPLOADS_FULL' },
  },
  downloadsOpenOfOrganization: {
    what: 'CSV downloads open',
    by: 'organization',
    limit: { kind: 'open', max: 4 },
    answer: { status: 429, code: 'CLIENT_DOWNLOADS_FULL' },
  },
  downloadsOpen: {
    what: 'CSV downloads open',
    by: 'process',
    limit: { kind: 'open', max: 16 },
    answer: { status: 503, code: 'DOWNLOADS_FULL' },
  },
  duplicatesOpenOfOrganization: {
    what: 'duplicates.csv open: each holds the rows of a chunk',
    by: 'organization',
    limit: { kind: 'open', max: 2 },
    answer: { status: 429, code: 'CLIENT_DOWNLOADS_FULL' },
  },
  duplicatesOpen: {
    what: 'duplicates.csv open',
    by: 'process',
    limit: { kind: 'open', max: 4 },
    answer: { status: 503, code: 'DOWNLOADS_FULL' },
  },
  streamsOpenOfKey: {
    what: 'event streams open',
    by: 'key',
    limit: { kind: 'open', max: 10 },
    answer: { status: 429, code: 'CLIENT_STREAMS_FULL' },
  },
  streamsOpenOfOrganization: {
    what: 'event streams open',
    by: 'organization',
    limit: { kind: 'open', max: 50 },
    answer: { status: 429, code: 'CLIENT_STREAMS_FULL' },
  },
  streamsOpen: {
    what: 'event streams open',
    by: 'process',
    limit: { kind: 'open', max: 500 },
    answer: { status: 503, code: 'TOO_MANY_STREAMS' },
  },
  exports: {
    what: 'exports asked for',
    by: 'organization',
    limit: { kind: 'rate', burst: 30, rate: 30, per: 'hour', kept: 'database' },
    answer: RATE_LIMITED,
  },
  exportedBytes: {
    what: 'bytes of exports kept',
    by: 'organization',
    limit: { kind: 'kept', max: 50 * GIGABYTE },
    answer: LIMIT_REACHED,
  },
  files: {
    what: 'files uploaded',
    by: 'organization',
    limit: { kind: 'daily', max: 5_000 },
    answer: QUOTA_EXCEEDED,
  },
  rows: {
    what: 'rows of uploaded files',
    by: 'organization',
    limit: { kind: 'daily', max: 5_000_000 },
    answer: QUOTA_EXCEEDED,
  },
  emails: {
    what: 'e-mails',
    by: 'organization',
    limit: { kind: 'daily', max: 1_000_000 },
    instead: 'they wait',
  },
  keptBytes: {
    what: 'bytes of uploaded files kept',
    by: 'organization',
    limit: { kind: 'kept', max: 200 * GIGABYTE },
    answer: LIMIT_REACHED,
  },
  issuers: { what: 'issuers', by: 'organization', limit: { kind: 'kept', max: 50 }, answer: LIMIT_REACHED },
  keys: { what: 'API keys that work', by: 'organization', limit: { kind: 'kept', max: 50 }, answer: LIMIT_REACHED },
  members: { what: 'members', by: 'organization', limit: { kind: 'kept', max: 200 }, answer: LIMIT_REACHED },
} as const satisfies Readonly<Record<string, LimitSpec>>;

export type LimitName = keyof typeof limits;

const MAX = Number.MAX_SAFE_INTEGER;
const count = z.int().min(1).max(MAX).optional();

/**
 * The values of organizations.limits: how one organization differs from the defaults. A rate is given as its number in
 * its time, `uploads: 60` is sixty a minute. `releaseWeight`: the organization's share of the workers beside others.
 */
export const organizationLimits = z.strictObject({
  releaseWeight: z.int().min(1).max(100).optional(),
  requests: count,
  uploads: count,
  uploadsOpenOfKey: count,
  uploadsOpenOfOrganization: count,
  downloadsOpenOfOrganization: count,
  duplicatesOpenOfOrganization: count,
  streamsOpenOfKey: count,
  streamsOpenOfOrganization: count,
  exports: count,
  exportedBytes: count,
  files: count,
  rows: count,
  emails: count,
  keptBytes: count,
  issuers: count,
  keys: count,
  members: count,
});

export type OrganizationLimits = z.output<typeof organizationLimits>;

const SECONDS = { second: 1, minute: 60, hour: 3_600 } as const;

/** Limits of an organization as they are stored. */
export type StoredLimits = Readonly<Record<string, unknown>>;

/** The number of a limit for one organization: its own, otherwise the default. */
export function maxOf(name: LimitName, own: StoredLimits = {}): number {
  const { limit }: LimitSpec = limits[name];
  const differing = isOverridable(name) ? own[name] : undefined;
  if (typeof differing === 'number' && differing >= 1) return differing;
  return limit.kind === 'rate' ? limit.rate : limit.max;
}

function isOverridable(name: LimitName): boolean {
  return name in organizationLimits.shape;
}

/** The names of the limits that are rates. */
export type RateName = {
  [Name in LimitName]: (typeof limits)[Name]['limit'] extends RateLimit ? Name : never;
}[LimitName];

/** A rate for one organization. The burst keeps its ratio to the rate. `share`: of this process, 1 for all of it. */
export function rateOf(name: RateName, own: StoredLimits = {}, share = 1) {
  const { limit }: { readonly limit: RateLimit } = limits[name];
  const rate = maxOf(name, own);
  return {
    name,
    ratePerSecond: (rate * share) / SECONDS[limit.per],
    burst: Math.max(1, Math.ceil((limit.burst / limit.rate) * rate * share)),
  };
}

/** The rates that all processes share. */
export type SharedRateName = {
  [Name in RateName]: (typeof limits)[Name]['limit'] extends { readonly kept: 'database' } ? Name : never;
}[RateName];
