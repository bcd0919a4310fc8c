import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { claimUntried, extendClaims, releaseClaims, type Kind } from './notifications.queries.ts';

/**
 * How long a claim lasts without an extension. The e-mails of a process that died wait for this long. It is longer than
 * a busy machine or a database restart keeps a process silent.
 */
const LEASE_MS = 15_000;
/** Extensions within one lease. Two in a row may fail. */
const EXTENSIONS = 3;

/**
 * The e-mails that one delivery holds. No other delivery sends them until they are recorded or this process stops
 * extending its claims. So two copies of one message, or two messages that overlap, share the work and repeat none of
 * it.
 */
export class Claims {
  readonly #owner = randomUUID();
  readonly #held = new Set<string>();
  readonly #timer: NodeJS.Timeout;
  #validUntil = 0;
  #extending: Promise<void> | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly kind: Kind,
    private readonly leaseMs = LEASE_MS,
  ) {
    this.#timer = setInterval(() => {
      this.#extending ??= this.#extend().finally(() => {
        this.#extending = undefined;
      });
    }, leaseMs / EXTENSIONS);
  }

  /**
   * Claims those boletos whose e-mail is pending, has had `attempts` attempts and is held by no other delivery. Returns
   * the claimed ones.
   */
  async claim(boletoIds: readonly string[], attempts = 0): Promise<readonly string[]> {
    const askedAt = performance.now();
    const claimed = await claimUntried(this.dataSource.manager, this.kind, {
      boletoIds,
      attempts,
      owner: this.#owner,
      leaseMs: this.leaseMs,
    });
    if (this.#held.size === 0) this.#validUntil = askedAt + this.leaseMs;
    for (const boletoId of claimed) this.#held.add(boletoId);
    return claimed;
  }

  /**
   * False once the leases may have expired: start no other e-mail then. Uses a clock that keeps running while the
   * process is suspended.
   */
  get areValid(): boolean {
    return performance.now() < this.#validUntil;
  }

  /** Call before recording the outcomes, because recording ends these claims. */
  settle(boletoIds: readonly string[]): void {
    for (const boletoId of boletoIds) this.#held.delete(boletoId);
  }

  /** Releases the claims that are still held. If that fails, they expire by themselves. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.#extending;
    if (this.#held.size === 0) return;
    await releaseClaims(this.dataSource.manager, this.kind, this.#owner, [...this.#held]).catch(() => undefined);
    this.#held.clear();
  }

  async #extend(): Promise<void> {
    const asked = [...this.#held];
    if (asked.length === 0) return;
    const askedAt = performance.now();
    try {
      const extended = new Set(
        await extendClaims(this.dataSource.manager, {
          boletoIds: asked,
          kind: this.kind,
          owner: this.#owner,
          leaseMs: this.leaseMs,
        }),
      );
      const areOurs = asked.every((boletoId) => extended.has(boletoId) || !this.#held.has(boletoId));
      this.#validUntil = areOurs ? askedAt + this.leaseMs : 0;
    } catch {
      // The next extension follows soon. Until then the claims keep their present expiry.
    }
  }
}
