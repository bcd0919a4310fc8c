/** A window is looked at this often. */
export const TICKS = 30;

/** The bytes of the last TICKS ticks. */
export class SpeedWindow {
  readonly #ticks: number[] = [];

  constructor(private readonly bytesMin: number) {}

  /** Adds the bytes of one tick; true when a whole window has brought fewer than it must. */
  add(bytes: number): boolean {
    this.#ticks.push(bytes);
    if (this.#ticks.length > TICKS) this.#ticks.shift();
    return this.#ticks.length === TICKS && this.#ticks.reduce((sum, each) => sum + each, 0) < this.bytesMin;
  }
}
