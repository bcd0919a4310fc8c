import type { Logger } from '#observability';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** Beyond the grace given to work in hand: closing connections is quick, or stuck. */
const CLOSE_MS_MAX = 10_000;

/**
 * Calls `stop` once, at the first SIGTERM or SIGINT, and lets the process end by itself when nothing is left open.
 * A stop that hangs is cut off after `graceMs` and a little more: what was not acknowledged is delivered again.
 */
export function stopOnSignal({
  logger,
  graceMs,
  stop,
}: {
  readonly logger: Logger;
  readonly graceMs: number;
  readonly stop: () => Promise<void>;
}): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    logger.info('stopping', { event: 'service.stopping', signal });
    setTimeout(() => {
      logger.error('did not stop in time', { event: 'service.stop_timed_out' });
      process.exit(1);
    }, graceMs + CLOSE_MS_MAX).unref();
    void finish(stop, logger);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
}

async function finish(stop: () => Promise<void>, logger: Logger): Promise<void> {
  try {
    await stop();
    logger.info('stopped', { event: 'service.stopped' });
  } catch (error) {
    logger.error('failed to stop cleanly', { event: 'service.stop_failed', error });
    process.exitCode = 1;
  }
}
