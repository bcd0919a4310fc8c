import { findProgram } from '../run/commands.mjs';
import { UserError } from '../run/user-error.mjs';
import { aptInstall, canInstall } from './apt.mjs';

/**
 * Programs with which the tests look at PDFs as a bank would, and at pages as a person does, and the Debian packages
 * that bring them.
 */
const packageOf = { zbarimg: 'zbar-tools', pdftoppm: 'poppler-utils', qpdf: 'qpdf', chromium: 'chromium' };

/**
 * @param {import('../run/run.mjs').Run} run
 * @param {import('../run/log.mjs').Log} log
 */
export async function provideTestTools(run, log) {
  const missing = Object.entries(packageOf).filter(([program]) => findProgram(program) === undefined);
  if (missing.length === 0) return;
  const packages = missing.map(([, name]) => name);
  if (!canInstall()) {
    throw new UserError(
      `The tests need ${missing.map(([program]) => program).join(', ')}: install ${packages.join(', ')} (names of Debian's packages)`,
    );
  }
  await run.finishBeforeStop(aptInstall(packages, log));
}
