export { closeBatchDoors, tryCloseBatchDoors } from './batch-door.ts';
export { gapsOf, type Lines } from './gaps.ts';
export { claimPart, isAccountedFor, recordPart, restOf, type Part, type Stage } from './part.ts';
export { rowMetrics, type RowMetrics } from './row.metrics.ts';
