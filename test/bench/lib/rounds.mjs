// The frame of every bench of a part: two sides that take turns, the median of their rounds, and a table.

/** An odd number, so that the median is a round that happened. */
export const ROUNDS = 5;

/**
 * @typedef {object} Summary
 * @property {number} median
 * @property {number} min
 * @property {number} max
 */

/**
 * Runs the sides in turn, so that none has the machine's better minute, and the first round of each for nothing: the
 * compiler has seen everything once then.
 * @param {Record<string, () => Promise<number> | number>} sides each does its work once and gives a rate
 * @param {number} [rounds]
 * @returns {Promise<Record<string, number[]>>} the rates of each side, a round after the other
 */
export async function alternate(sides, rounds = ROUNDS) {
  const rates = Object.fromEntries(Object.keys(sides).map((name) => [name, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (const [name, work] of Object.entries(sides)) {
      const rate = await work();
      if (round >= 0) rates[name].push(rate);
    }
  }
  return rates;
}

/** @param {readonly number[]} values @returns {Summary} */
export function summarise(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)], min: sorted[0], max: sorted.at(-1) };
}

/** The ratios of each round, because a disturbance affects both sides of its round. @returns {Summary} */
export function ratioOf(rates, floorRates) {
  return summarise(rates.map((rate, round) => rate / floorRates[round]));
}

/**
 * `amount` a second of processor time, its garbage collector's threads included: what one core does, whatever else the
 * machine does meanwhile.
 * @param {number} amount
 * @param {() => void} work
 */
export function rateOfCore(amount, work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (amount / (user + system)) * 1e6;
}

/** @param {{ info: (text: string) => void }} log @param {Summary} summary */
export function logLine(log, name, { median, min, max }, digits, unit) {
  const [middle, low, high] = [median, min, max].map((value) => value.toFixed(digits));
  log.info(`  ${name.padEnd(36)}${middle.padStart(9)} ${unit.padEnd(14)}(${low} to ${high})`);
}

/** For the JSON: the median and its spread, rounded. @param {Summary} summary */
export function rounded({ median, min, max }, digits = 0) {
  const [middle, low, high] = [median, min, max].map((value) => Number(value.toFixed(digits)));
  return { median: middle, min: low, max: high };
}
