import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { claimUntried, extendClaims, releaseClaims, type Kind } from './notifications.queries.ts';

/**
 * How long a claim lasts without a word from who holds it: what the e-mails in hand of a process that died wait for.
 * Longer than a busy machine or a database that restarts keeps a process silent.
 */
const LEASE_MS = 15_000;
/** Extended this often within a lease: two times in a row may fail. */
const EXTENSIONS = 3;

/**
 * The e-mails that one delivery has in hand. Nobody else sends them, until they are recorded or this process falls
 * silent; so two deliveries of one message, or of two that overlap, share the work and repeat none of it.
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
   * Those of the boletos whose e-mail is pending, was tried `attempts` times, and is in nobody's hands: it is in ours
   * from now on.
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
   * False when others may have taken what we hold: what was not begun must not be. By a clock that goes on while the
   * process is stopped.
   */
  get areValid(): boolean {
    return performance.now() < this.#validUntil;
  }

  /** Said before the outcomes are recorded, which ends these claims. */
  settle(boletoIds: readonly string[]): void {
    for (const boletoId of boletoIds) this.#held.delete(boletoId);
  }

  /** Gives back what is still held. When that fails, they run out by themselves. */
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
        await extendClaims(this.dataSource.manager, this.kind, this.#owner, asked, this.leaseMs),
      );
      const areOurs = asked.every((boletoId) => extended.has(boletoId) || !this.#held.has(boletoId));
      this.#validUntil = areOurs ? askedAt + this.leaseMs : 0;
    } catch {
      // Asked again in a moment; until then they are valid for as long as they were.
    }
  }
}
