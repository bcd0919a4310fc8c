import { expect, test } from 'vitest';
import { done, type AnyHandler } from '#broker';
import { createLogger } from '#observability';
import { warmUpHandlers } from './warm-up.ts';

function handler(warmUp?: () => Promise<void>): AnyHandler {
  return {
    queues: ['notifier.chunks'],
    handle: async () => await Promise.resolve(done),
    ...(warmUp === undefined ? {} : { warmUp }),
  };
}

/** A logger and its recorded lines. */
function listening() {
  const warnings: unknown[] = [];
  const logger = createLogger({ service: 'test', version: '0', level: 'error' });
  logger.warn = (message: unknown) => {
    warnings.push(message);
    return logger;
  };
  return { logger, warnings };
}

test('handlers warm up one after the other, and one that fails is logged', async () => {
  const { logger, warnings } = listening();
  const order: string[] = [];
  const warming = (name: string) =>
    handler(async () => {
      order.push(name);
      await Promise.resolve();
      order.push(`${name} has ended`);
    });
  const failing = handler(async () => await Promise.reject(new Error('no such bank')));
  await warmUpHandlers([warming('a'), handler(), failing, warming('b')], {
    logger,
    signal: new AbortController().signal,
  });
  expect(order).toEqual(['a', 'a has ended', 'b', 'b has ended']);
  expect(warnings).toHaveLength(1);
});

test('a process that is told to stop warms up no further handler', async () => {
  const stopping = new AbortController();
  const order: string[] = [];
  const first = handler(async () => {
    order.push('first');
    stopping.abort();
    await Promise.resolve();
  });
  const second = handler(async () => {
    order.push('second');
    await Promise.resolve();
  });
  await warmUpHandlers([first, second], { ...listening(), signal: stopping.signal });
  expect(order).toEqual(['first']);
});
