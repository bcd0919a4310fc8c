import { limits, maxOf, type LimitName, type LimitSpec } from '#contracts/http';
import { ProblemError } from '#http';
import type { Principal } from '../principal.ts';

/** The limits of one kind of request that holds something for as long as it is open. */
export interface PlacesOptions {
  /** The requests, in the words of the refusal: 'event streams'. */
  readonly what: string;
  readonly ofKey?: LimitName;
  readonly ofOrganization: LimitName;
  readonly ofProcess: LimitName;
  /** Where a variable sets the limit of the process. */
  readonly processMax?: number;
  readonly retryAfterSeconds: number;
}

type Callers = Pick<Principal, 'id' | 'organizationId' | 'limits'>;

/** Counts the open requests of one kind: of each key, of each organization, and of this process. */
export class OpenPlaces {
  #taken = 0;
  readonly #byKey = new Map<string, number>();
  readonly #byOrganization = new Map<string, number>();

  constructor(private readonly options: PlacesOptions) {}

  /**
   * Takes a place, and returns what gives it back. Call it before anything is awaited, so that requests that come
   * together cannot all find the last place free.
   * @throws ProblemError 429 for the caller's limit, 503 for that of the process
   */
  take({ id, organizationId, limits: own }: Callers): () => void {
    const { ofKey, ofOrganization, ofProcess, processMax } = this.options;
    if (this.#taken >= (processMax ?? maxOf(ofProcess))) throw this.#full(ofProcess);
    if (ofKey !== undefined) this.#check(ofKey, maxOf(ofKey, own), this.#byKey.get(id));
    this.#check(ofOrganization, maxOf(ofOrganization, own), this.#byOrganization.get(organizationId));
    this.#taken += 1;
    add(this.#byKey, id, 1);
    add(this.#byOrganization, organizationId, 1);
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.#taken -= 1;
      add(this.#byKey, id, -1);
      add(this.#byOrganization, organizationId, -1);
    };
  }

  #check(name: LimitName, max: number, taken = 0): void {
    if (taken >= max) throw this.#full(name, max);
  }

  #full(name: LimitName, max?: number): ProblemError {
    const { what, retryAfterSeconds } = this.options;
    const { answer, by }: LimitSpec = limits[name];
    if (answer === undefined) throw new Error(`the limit ${name} has no answer`);
    const isCallers = max !== undefined;
    return new ProblemError({
      ...answer,
      title: isCallers ? `Too many ${what} of one ${by} are open` : `Too many ${what} are open`,
      detail: isCallers
        ? `At most ${max.toString()} at once. Nothing was changed: close some, and send the same request again.`
        : 'Nothing was changed. Send the same request again in a moment.',
      ...(isCallers ? { extra: { limit: max, used: max } } : {}),
      headers: { 'Retry-After': retryAfterSeconds.toString() },
    });
  }
}

function add(counts: Map<string, number>, key: string, change: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + change;
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}
