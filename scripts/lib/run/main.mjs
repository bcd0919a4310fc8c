import { cleanStaleRuns, Run } from './run.mjs';
import { UserError } from './user-error.mjs';

/**
 * Runs a script with its own Run and stops everything of that run, however the script ends: done, failed, Ctrl-C,
 * SIGTERM. A second Ctrl-C kills instead of waiting.
 * @param {import('./log.mjs').Log} log
 * @param {(run: Run) => Promise<number>} body gives the exit code
 */
export async function runScript(log, body) {
  await runStep(log, body);
  setTimeout(() => process.exit(), 500).unref(); // a connection kept alive must not keep us
}

/**
 * A part of a script with a Run of its own, as runScript; the process goes on afterwards. Sets the exit code.
 * @param {import('./log.mjs').Log} log
 * @param {(run: Run) => Promise<number>} body gives the exit code
 */
export async function runStep(log, body) {
  await cleanStaleRuns(log);
  const run = new Run();
  const interrupted = stopOnSignals(run, log);
  for (const event of ['uncaughtException', 'unhandledRejection']) {
    process.on(event, (error) => void failAndExit(run, error));
  }
  try {
    const code = await body(run);
    process.exitCode = interrupted() ?? code;
  } catch (error) {
    if (interrupted() === undefined) fail(error);
  } finally {
    await run.stop();
    process.exitCode = interrupted() ?? process.exitCode;
  }
}

/**
 * @param {import('./run.mjs').Run} run
 * @param {import('./log.mjs').Log} log
 * @returns {() => number | undefined} the exit code that the signal asks for, if one came
 */
function stopOnSignals(run, log) {
  /** @type {number | undefined} */ let code;
  const codes = new Map(
    /** @type {const} */ ([
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ]),
  );
  for (const [signal, exitCode] of codes) {
    process.on(signal, () => {
      if (code !== undefined) {
        run.kill();
        return;
      }
      code = exitCode;
      log.info('\nStopping everything that was started …');
      void run.stop();
    });
  }
  return () => code;
}

/**
 * Ends the process after an error that nothing caught.
 * @param {Run} run
 * @param {unknown} error
 */
async function failAndExit(run, error) {
  fail(error);
  await run.stop().finally(() => process.exit());
}

/** @param {unknown} error */
function fail(error) {
  report(error);
  process.exitCode = error instanceof UserError ? error.exitCode : 1;
}

/**
 * A UserError says what to do; any other error is our fault and shows its origin.
 * @param {unknown} error
 */
function report(error) {
  const text =
    error instanceof UserError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  process.stderr.write(`\n${text}\n`);
  for (let cause = error instanceof Error ? error.cause : undefined; cause instanceof Error; cause = cause.cause)
    process.stderr.write(`caused by: ${cause.message}\n`);
}
