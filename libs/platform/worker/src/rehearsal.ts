import type { AnyHandler } from '#broker';
import type { Logger } from '#observability';

/** What handlers do before the first message comes. One that fails is told and no more: messages are what it has to be good at. */
export async function rehearse(
  handlers: readonly AnyHandler[],
  { logger, signal }: { readonly logger: Logger; readonly signal: AbortSignal },
): Promise<void> {
  for (const handler of handlers) {
    if (signal.aborted) return;
    try {
      await handler.rehearse?.();
    } catch (error) {
      logger.warn('the rehearsal failed', { event: 'handler.rehearsal', queues: handler.queues, error });
    }
  }
}
