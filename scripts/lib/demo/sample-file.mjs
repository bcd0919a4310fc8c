import { join } from 'node:path';
import { todayInSaoPaulo, writeSample } from '../../sample.mjs';

const rows = 10_000;
const seed = 1;

/**
 * A file of debts to try the system with; the same rows every day, but for the due dates.
 * @param {string} folder
 * @param {import('../run/log.mjs').Log} log
 * @returns {Promise<string>} its path
 */
export async function writeDemoSample(folder, log) {
  const out = join(folder, 'sample.csv');
  log.info(`Writing a sample of ${rows.toLocaleString('en')} debts …`);
  await writeSample({ rows, seed, today: todayInSaoPaulo(new Date()), out });
  return out;
}
