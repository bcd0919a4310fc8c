import { BlockList, isIPv6 } from 'node:net';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { Listener } from '#database';
import type { Logger } from '#observability';
import { KnownGood } from '../guard/known-good.ts';
import type { Principal } from '../principal.ts';
import { hashOfKey, isKeyText } from './key-text.ts';
import { findKey, touchKey, type StoredKey } from './keys.queries.ts';
import { usableOf } from './maker.ts';

/**
 * For how long an answer of the database is used again. A revoked key is refused at the latest after this, and a key
 * whose maker was demoted or has left is cut.
 */
const GOOD_FOR_MS = 5_000;
/** For how long an unknown key is refused without asking again. */
const UNKNOWN_FOR_MS = 1_000;
const REMEMBERED_MAX = 10_000;
const TOUCH_EVERY_MS = 60_000;

/** The reason why a key is refused. The client is told nothing of it. */
type KeyTrouble = 'malformed' | 'unknown' | Exclude<StoredKey['state'], 'good'> | 'network';

/** The caller that a key names, or the reason why it names none. */
export type FoundCaller =
  | { readonly principal: Principal }
  | { readonly trouble: KeyTrouble; readonly key?: Pick<StoredKey, 'id' | 'organizationId'> };

interface Remembered {
  readonly key: StoredKey | undefined;
  readonly until: number;
  touchedAt: number;
}

/**
 * Finds callers by their keys. The database is asked at most once in five seconds for each key; a change of any key or
 * organization is told by PostgreSQL, and everything is asked anew.
 */
export class Callers implements OnModuleInit, OnApplicationShutdown {
  readonly #remembered = new Map<string, Remembered>();
  readonly #asked = new Map<string, Promise<Remembered>>();
  readonly #good = new KnownGood();
  readonly #dataSource: DataSource;
  readonly #listener: Listener<'billing_keys'>;
  readonly #logger: Logger;

  constructor(dataSource: DataSource, logger: Logger) {
    this.#dataSource = dataSource;
    this.#logger = logger;
    this.#listener = new Listener({
      dataSource,
      logger,
      channels: ['billing_keys'],
      onNotification: () => {
        this.#remembered.clear();
        this.#asked.clear();
      },
    });
  }

  onModuleInit(): void {
    this.#listener.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#listener.stop();
  }

  /** The caller that sent this text as its key, from this address. */
  async find(text: string, ip: string | undefined): Promise<FoundCaller> {
    if (!isKeyText(text)) return { trouble: 'malformed' };
    const remembered = await this.#read(hashOfKey(text));
    const { key } = remembered;
    if (key === undefined) return { trouble: 'unknown' };
    const { id, organizationId } = key;
    if (key.state !== 'good') return { trouble: key.state, key: { id, organizationId } };
    if (!isFromItsNetworks(key.cidrs, ip)) return { trouble: 'network', key: { id, organizationId } };
    this.#touch(remembered, id, ip);
    return { principal: principalOf(key) };
  }

  /** True of a text that was a good key when it was looked up last. Costs no query. */
  wasGood(text: string): boolean {
    return isKeyText(text) && this.#good.has(hashOfKey(text));
  }

  async #read(hash: Buffer): Promise<Remembered> {
    const name = hash.toString('base64');
    const remembered = this.#remembered.get(name);
    if (remembered !== undefined && remembered.until > Date.now()) return remembered;
    // Requests that come together share one question.
    const asked = this.#asked.get(name) ?? this.#ask(name, hash, remembered?.touchedAt ?? 0);
    this.#asked.set(name, asked);
    try {
      return await asked;
    } finally {
      if (this.#asked.get(name) === asked) this.#asked.delete(name);
    }
  }

  async #ask(name: string, hash: Buffer, touchedAt: number): Promise<Remembered> {
    const asOf = Date.now();
    const key = await findKey(this.#dataSource.manager, hash);
    this.#good.note(hash, key?.state === 'good');
    const forMs =
      key === undefined ? UNKNOWN_FOR_MS : key.state === 'good' ? Math.min(GOOD_FOR_MS, key.leftMs) : GOOD_FOR_MS;
    const found = { key, until: asOf + forMs, touchedAt };
    this.#remembered.delete(name);
    this.#remembered.set(name, found);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > REMEMBERED_MAX && oldest !== undefined) this.#remembered.delete(oldest);
    return found;
  }

  /** Notes that the key is in use. The request does not wait for it. */
  #touch(remembered: Remembered, id: string, ip: string | undefined): void {
    const now = Date.now();
    if (now - remembered.touchedAt < TOUCH_EVERY_MS) return;
    remembered.touchedAt = now;
    touchKey(this.#dataSource.manager, { id, ip: ip ?? null }).catch((error: unknown) => {
      this.#logger.warn('cannot note the use of a key', { event: 'key.not_touched', keyId: id, error });
    });
  }
}

/** The caller with what its key may use now: never more than the maker of the key may. */
function principalOf(key: StoredKey): Principal {
  const { id, name, organizationId, limits, madeBy } = key;
  const { permissions, issuerIds } = usableOf(key);
  return {
    kind: 'key',
    id,
    name,
    organizationId,
    issuerIds,
    permissions: new Set(permissions),
    limits,
    ...(madeBy === null ? {} : { madeBy }),
  };
}

function isFromItsNetworks(cidrs: readonly string[] | null, ip: string | undefined): boolean {
  if (cidrs === null) return true;
  if (ip === undefined) return false;
  const networks = new BlockList();
  for (const cidr of cidrs) {
    const [address = '', bits = ''] = cidr.split('/');
    networks.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  return networks.check(ip, isIPv6(ip) ? 'ipv6' : 'ipv4');
}
