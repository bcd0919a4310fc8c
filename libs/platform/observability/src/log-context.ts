import { AsyncLocalStorage } from 'node:async_hooks';

/** Fields that relate a line to its work: batchId, queue, messageId, requestId … */
export type LogContext = Readonly<Record<string, string | number | boolean>>;

type MutableContext = Record<string, string | number | boolean>;

const storage = new AsyncLocalStorage<MutableContext>();

/**
 * Runs `work` so that every line that it logs, even later and in callbacks, carries these fields and the outer ones.
 */
export function withLogContext<T>(fields: LogContext, work: () => T): T {
  return storage.run({ ...storage.getStore(), ...fields }, work);
}

/**
 * Adds fields to the innermost running context, for facts that become known during the work. Without a context it does
 * nothing.
 */
export function addLogContext(fields: LogContext): void {
  const context = storage.getStore();
  if (context !== undefined) Object.assign(context, fields);
}

/** The fields that a line logged at this moment would carry. */
export function currentLogContext(): LogContext {
  return storage.getStore() ?? {};
}
