/** Does one piece of work after the other, in the order in which they were asked for, whether or not those before succeed. */
export class OneByOne {
  #last: Promise<unknown> = Promise.resolve();

  async next<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return await mine;
  }
}
