export { letHeapGrow } from './heap.ts';
export type { Loop } from './loop.ts';
export { RepeatingTask } from './repeating-task.ts';
export { runWorker } from './run-worker.ts';
export { stopOnSignal } from './shutdown.ts';
export { LOGGER, METRICS, STORAGE } from './tokens.ts';
export { VERSION } from './version.ts';
