import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { addLogContext, withLogContext } from './log-context.ts';
import { createLogger, type Logger, type LogLevel } from './logger.ts';
import { nestLogger } from './nest-logger.ts';

interface Lines {
  readonly logger: Logger;
  readonly text: () => string;
  readonly records: () => Record<string, unknown>[];
}

function capture(level: LogLevel = 'debug'): Lines {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk.toString());
      done();
    },
  });
  const text = () => chunks.join('');
  return {
    logger: createLogger({ service: 'notifier', version: '1.2.3', level, stream }),
    text,
    records: () =>
      text()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

describe('createLogger', () => {
  test('createLogger writes one ECS object per line', () => {
    const { logger, records } = capture();

    logger.info('delivery', { event: 'message.delivered', queue: 'notifier.chunks', attempt: 1, durationMs: 12.5 });

    expect(records()).toEqual([
      {
        '@timestamp': expect.stringMatching(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/),
        'log.level': 'info',
        'ecs.version': expect.any(String),
        'service.name': 'notifier',
        'service.version': '1.2.3',
        'event.dataset': 'notifier',
        'event.action': 'message.delivered',
        message: 'delivery',
        queue: 'notifier.chunks',
        attempt: 1,
        durationMs: 12.5,
      },
    ]);
  });

  test('createLogger obeys its level', () => {
    const { logger, records } = capture('warn');

    logger.info('not this');
    logger.warn('this');

    expect(records().map(({ message }) => message)).toEqual(['this']);
    expect(logger.isLevelEnabled('info')).toBe(false);
    expect(logger.isLevelEnabled('error')).toBe(true);
  });

  test('every line carries the context, even after an await, and the fields added later', async () => {
    const { logger, records } = capture();
    const batchId = '01234567-8901-4234-8567-890123456789';

    await withLogContext({ batchId }, async () => {
      logger.info('one');
      await Promise.resolve();
      await withLogContext({ messageId: 'm-1' }, async () => {
        await Promise.resolve();
        addLogContext({ chunkNo: 7 });
        logger.info('two', { messageId: 'overridden' });
      });
      logger.info('three');
    });
    logger.info('four');

    expect(records().map((line) => [line['message'], line['batchId'], line['messageId'], line['chunkNo']])).toEqual([
      ['one', batchId, undefined, undefined],
      ['two', batchId, 'overridden', 7],
      ['three', batchId, undefined, undefined],
      ['four', undefined, undefined, undefined],
    ]);
  });

  test.each(['error', 'err'])('createLogger turns an Error under `%s` into ECS fields', (name) => {
    const { logger, records } = capture();

    logger.error('failed', { [name]: new RangeError('boom', { cause: new Error('why') }), queue: 'q' });

    const [line] = records();
    expect(line).toMatchObject({ message: 'failed', queue: 'q', error: { type: 'RangeError', message: 'boom' } });
    expect(line?.['err']).toBeUndefined();
    expect(line).toHaveProperty('error.stack_trace', expect.stringContaining('Caused by: Error: why'));
  });

  test('createLogger logs no personal data, wherever it is hidden', () => {
    const { logger, text } = capture();
    const personal = ['529.982.247-25', '52998224725', '11.222.333/0001-81', '12ABC34501DE35', 'maria@example.com'];

    for (const datum of personal) {
      const error = Object.assign(new Error(`refused ${datum}`, { cause: new Error(datum) }), { detail: datum, datum });
      logger.info(`message ${datum}`);
      logger.warn('meta', { note: datum, deep: { deeper: [{ deepest: datum }] }, [datum]: 1, event: datum });
      logger.error('error', { error });
      logger.error('error', { error: datum });
      logger.error('error below', { context: { error } });
      withLogContext({ note: datum }, () => {
        logger.info('context');
      });
      // winston's own call forms, which the type does not offer
      const untyped = logger as unknown as Record<'error' | 'info', (...values: unknown[]) => void>;
      untyped.error('thrown', error);
      untyped.error(error);
      untyped.info({ message: datum, note: datum });
      nestLogger(logger).error(error, `Error: ${datum}\n    at x (y.js:1:1)`, datum);
    }

    expect(text().split('\n')).toHaveLength(personal.length * 10 + 1);
    for (const datum of personal) expect(text()).not.toContain(datum.replace('example.com', ''));
  });

  test('createLogger keeps ids, timestamps and numbers unchanged', () => {
    const { logger, records } = capture();
    const fields = {
      batchId: '01234567-8901-4234-8567-890123456789',
      sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      at: '2026-01-31T12:00:00.000Z',
      bytes: 12_345_678_901,
      durationMs: 0.123456789012,
    };

    logger.info('numbers', fields);

    expect(records()[0]).toMatchObject(fields);
  });
});

describe('nestLogger', () => {
  test("Nest's start is logged as debug, and its warnings and errors are not", () => {
    const { logger, records } = capture();
    const nest = nestLogger(logger);

    nest.log('Mapped {/health/live, GET} route', 'RouterExplorer');
    nest.warn('careful', 'Context');
    nest.error('failed', 'Error: failed\n    at x (y.js:1:1)', 'ExceptionsHandler');
    nest.fatal?.(new Error('dead'));

    expect(records()).toMatchObject([
      { 'log.level': 'debug', message: 'Mapped {/health/live, GET} route', 'log.logger': 'RouterExplorer' },
      { 'log.level': 'warn', message: 'careful', 'log.logger': 'Context' },
      { 'log.level': 'error', message: 'failed', 'log.logger': 'ExceptionsHandler', stack: expect.any(String) },
      { 'log.level': 'error', message: 'dead', error: { type: 'Error', message: 'dead' } },
    ]);
  });
});
