import type { Logger } from '#observability';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** Time to close connections after the grace period for unfinished work. Closing is quick, or it hangs. */
const CLOSE_MS_MAX = 10_000;

/**
 * Calls `stop` once, at the first SIGTERM or SIGINT, and lets the process end by itself when nothing is left open. A
 * stop that hangs is ended after `graceMs` plus CLOSE_MS_MAX. Unacknowledged messages are then delivered again.
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
