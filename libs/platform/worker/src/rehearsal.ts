import type { AnyHandler } from '#broker';
import type { Logger } from '#observability';

/** Runs the warm-up of each handler before the first message. A failed warm-up is logged and ignored. */
export async function rehearse(
  handlers: readonly AnyHandler[],
  { logger, signal }: { readonly logger: Logger; readonly signal: AbortSignal },
): Promise<void> {
  for (const handler of handlers) {
    if (signal.aborted) return;
    try {
      await handler.rehearse?.();
    } catch (error) {
      logger.warn('the rehearsal failed', { event: 'handler.rehearsal', queue: handler.queue, error });
    }
  }
}
