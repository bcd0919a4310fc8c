import type { LoggerService } from '@nestjs/common';
import type { LogFields, Logger } from './logger.ts';

/**
 * Passes Nest's own lines to our logger. Its many lines at the start (one per module and route) get the level `debug`.
 * Give one instance to `NestFactory.create(…, { logger })`.
 */
export function nestLogger(logger: Logger): LoggerService {
  return {
    log: (message: unknown, ...rest: unknown[]) => {
      logger.debug(textOf(message), fieldsOf(message, rest));
    },
    debug: (message: unknown, ...rest: unknown[]) => {
      logger.debug(textOf(message), fieldsOf(message, rest));
    },
    verbose: (message: unknown, ...rest: unknown[]) => {
      logger.debug(textOf(message), fieldsOf(message, rest));
    },
    warn: (message: unknown, ...rest: unknown[]) => {
      logger.warn(textOf(message), fieldsOf(message, rest));
    },
    error: (message: unknown, ...rest: unknown[]) => {
      logger.error(textOf(message), fieldsOf(message, rest));
    },
    fatal: (message: unknown, ...rest: unknown[]) => {
      logger.error(textOf(message), fieldsOf(message, rest));
    },
  };
}

function textOf(message: unknown): string {
  if (typeof message === 'string') return message;
  return message instanceof Error ? message.message : JSON.stringify(message);
}

/**
 * The fields of a line. Nest passes (message, …, stack?, context?): the context is the last string, and a stack is a
 * string of several lines.
 */
function fieldsOf(message: unknown, rest: readonly unknown[]): LogFields {
  const texts = rest.filter((value) => typeof value === 'string');
  const stack = texts.find((text) => /\n[ \t]{1,16}at /.test(text));
  const context = texts.findLast((text) => text !== stack);
  const error = [message, ...rest].find((value) => value instanceof Error);
  return {
    ...(context === undefined ? {} : { 'log.logger': context }),
    ...(error === undefined ? {} : { error }),
    ...(error === undefined && stack !== undefined ? { stack } : {}),
  };
}
