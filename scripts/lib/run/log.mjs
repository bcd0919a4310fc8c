/**
 * @typedef {object} Log
 * @property {(text: string) => void} info One line for the reader.
 * @property {(text: string) => void} warn One line that wants attention.
 * @property {(lines: string[]) => void} live Replaces what the last `live` drew; does nothing when not on a terminal.
 * @property {boolean} isLive Whether `live` draws.
 */

/**
 * Text for people. It goes to standard error when standard output is kept for a machine.
 * @param {{ json?: boolean, quiet?: boolean }} [options]
 * @returns {Log}
 */
export function createLog({ json = false, quiet = false } = {}) {
  const stream = json ? process.stderr : process.stdout;
  const isLive = stream.isTTY && !quiet;
  let drawn = 0;

  const write = (/** @type {string} */ text) => {
    drawn = 0;
    if (!quiet) stream.write(`${text}\n`);
  };
  const live = (/** @type {string[]} */ lines) => {
    if (!isLive) return;
    const up = drawn > 0 ? `\u001B[${String(drawn)}A` : '';
    stream.write(up + lines.map((/** @type {string} */ line) => `\r\u001B[2K${line}\n`).join(''));
    drawn = lines.length;
  };
  return { info: write, warn: (text) => write(`! ${text}`), live, isLive };
}
