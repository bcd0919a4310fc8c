import { createContext, Script } from 'node:vm';

/**
 * The way in which V8 ends code that does not end: a script with a time limit. What it calls is our own code,
 * unchanged.
 */
const box = createContext({ work: undefined });
const script = new Script('work()');

/**
 * The result of `work`, which is synchronous; undefined if it took longer than `ms` and was ended wherever it stood. No
 * catch and no finally of it runs then: what it was changing has to be thrown away.
 */
export function within<T>(ms: number, work: () => T): { readonly result: T } | undefined {
  let result: { readonly result: T } | undefined;
  box['work'] = () => {
    result = { result: work() };
  };
  try {
    script.runInContext(box, { timeout: ms });
  } catch (error) {
    if (isTimeout(error)) return undefined;
    throw error;
  } finally {
    box['work'] = undefined;
  }
  return result;
}

/** An error of the script's own realm: no instance of our Error. */
function isTimeout(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  );
}
