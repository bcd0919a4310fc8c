import type { ServerResponse } from 'node:http';

/** Requests of one kind that are answered at once: so many in this process, and so many of one client. */
export class Places {
  #taken = 0;
  readonly #byClient = new Map<string, number>();

  constructor(
    private readonly max: number,
    private readonly clientMax: number,
  ) {}

  /**
   * Takes a place until the response is closed; says whose limit is reached instead, if one is. Call it before anything
   * is awaited, so that requests that come together cannot all find the last place free.
   */
  take(client: string, response: ServerResponse): 'client' | 'process' | undefined {
    const count = this.#byClient.get(client) ?? 0;
    if (this.#taken >= this.max) return 'process';
    if (count >= this.clientMax) return 'client';
    this.#taken += 1;
    this.#byClient.set(client, count + 1);
    response.once('close', () => {
      this.#taken -= 1;
      const left = (this.#byClient.get(client) ?? 1) - 1;
      if (left > 0) this.#byClient.set(client, left);
      else this.#byClient.delete(client);
    });
    return undefined;
  }
}
