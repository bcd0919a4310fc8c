import type { AnyHandler } from '#broker';
import type { Logger } from '#observability';

/** Warms the handlers up before the first message comes. A failed warm-up is logged and ignored. */
export async function warmUpHandlers(
  handlers: readonly AnyHandler[],
  { logger, signal }: { readonly logger: Logger; readonly signal: AbortSignal },
): Promise<void> {
  for (const handler of handlers) {
    if (signal.aborted) return;
    try {
      await handler.warmUp?.();
    } catch (error) {
      logger.warn('the warm-up failed', { event: 'handler.warm-up', queues: handler.queues, error });
    }
  }
}
