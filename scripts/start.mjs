// npm start: the whole system in the foreground, until Ctrl-C.
import './lib/run/on-pinned-node.mjs';
import { once } from 'node:events';
import { createLog } from './lib/run/log.mjs';
import { runScript } from './lib/run/main.mjs';
import { announceRunning, readRunning } from './lib/run/run.mjs';
import { UserError } from './lib/run/user-error.mjs';
import { bringUp, describeAddresses } from './lib/system/bring-up.mjs';

const log = createLog();

await runScript(log, async (run) => {
  const running = readRunning();
  if (running !== undefined) {
    throw new UserError(`This checkout is already up (process ${String(running.pid)}):\n${describeAddresses(running)}`);
  }
  const { deadApp, setupLink, ...addresses } = await bringUp(run, log);
  announceRunning(run, addresses);
  const link = await setupLink?.();
  const first = link === undefined ? '' : `\n\nThe first person makes an account here, within a day:\n  ${link}`;
  log.info(
    `\nSmart Billing is up:\n${describeAddresses(addresses)}${first}\n\nSend it a file:  npm run demo -- FILE\nCtrl-C stops everything.`,
  );

  const watch = setInterval(() => {
    const dead = deadApp?.();
    if (dead === undefined || run.signal.aborted) return;
    log.warn(`${dead.name} ended (its log: ${dead.logFile}). Ctrl-C, then start again.`);
    clearInterval(watch);
  }, 1000);
  run.addCleanup(() => clearInterval(watch));
  if (!run.signal.aborted) await once(run.signal, 'abort');
  return 0;
});
