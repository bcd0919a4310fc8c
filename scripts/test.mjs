// npm test [-- FILES AND OPTIONS OF VITEST]: everything the tests need, then unit, integration and e2e tests.
import './lib/run/on-pinned-node.mjs';
import { createLog } from './lib/run/log.mjs';
import { runScript } from './lib/run/main.mjs';
import { cleanStaleRuns } from './lib/run/run.mjs';
import { provideTestTools } from './lib/services/test-tools.mjs';
import { provideServices } from './lib/system/bring-up.mjs';
import { runVitest } from './lib/vitest/vitest.mjs';

const log = createLog();

await runScript(log, async (run) => {
  await provideTestTools(run, log);
  const stack = await provideServices(run, log);
  try {
    const { passed, failed } = await runVitest(run, stack, process.argv.slice(2));
    await run.stop();
    log.info(`${String(passed)} passed, ${String(failed)} failed`);
    return failed === 0 ? 0 : 1;
  } finally {
    await cleanStaleRuns(log); // the e2e tests' own runs, when a test worker was killed
  }
});
