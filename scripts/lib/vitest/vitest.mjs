import { join } from 'node:path';
import { projectFolder } from '../run/paths.mjs';
import { readJson } from '../run/run.mjs';

const projects = ['unit', 'integration', 'e2e'];

/**
 * Runs vitest over all projects with the services in its environment.
 * @param {import('../run/run.mjs').Run} run
 * @param {{ databaseUrl: string, rabbitmqUrl: string, managementUrl?: string }} stack
 * @param {string[]} args passed on: files, -t, --project …
 * @returns {Promise<{ passed: number, failed: number }>} never 0 failed when vitest itself says that it failed
 */
export async function runVitest(run, stack, args) {
  const report = join(run.folder, 'out', 'vitest.json');
  const chosen = args.some((arg) => arg.startsWith('--project')) ? [] : projects.flatMap((name) => ['--project', name]);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const child = run.spawn(
    'vitest',
    process.execPath,
    [join(projectFolder, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...chosen, ...reporters, ...args],
    {
      cwd: projectFolder,
      output: 'inherit',
      env: {
        ...process.env,
        DATABASE_URL: stack.databaseUrl,
        RABBITMQ_URL: stack.rabbitmqUrl,
        ...(stack.managementUrl === undefined ? {} : { RABBITMQ_MANAGEMENT_URL: stack.managementUrl }),
      },
    },
  );
  const code = await child.exited;
  run.signal.throwIfAborted();
  return tally(readJson(report), code);
}

/**
 * The part of vitest's report that is read here.
 * @typedef {object} Report
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {{ status: string, assertionResults: { status: string }[] }[]} testResults
 */

/**
 * A file that fails before its first test, or an error outside of any test, counts as one failure.
 * @param {Report | undefined} report
 * @param {number | null} code
 */
function tally(report, code) {
  const passed = report?.numPassedTests ?? 0;
  const filesWithoutTests = (report?.testResults ?? []).filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.every((each) => each.status !== 'failed'),
  );
  const failed = (report?.numFailedTests ?? 0) + filesWithoutTests.length;
  return { passed, failed: failed === 0 && (code !== 0 || passed === 0) ? 1 : failed };
}
