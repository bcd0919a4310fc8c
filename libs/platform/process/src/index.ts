export { backoffMs, pause } from './backoff.ts';
export { letHeapGrow } from './heap.ts';
export type { Lifecycle } from './lifecycle.ts';
export { RepeatingTask } from './repeating-task.ts';
export { stopOnSignal } from './shutdown.ts';
export { LOGGER, METRICS, STORAGE } from './tokens.ts';
export { VERSION } from './version.ts';
export { WakeUp } from './wake-up.ts';
