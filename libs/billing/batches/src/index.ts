export { accountOf, type BatchAccount, type RowAccount } from './accounts.queries.ts';
export { closeBatchDoors, tryCloseBatchDoors } from './batch-door.queries.ts';
export { closeFinishedBatches, haveReleasedBatches } from './close.queries.ts';
export { gapsOf, type Lines } from './gaps.ts';
export {
  acceptBatch,
  cancelBatch,
  decideReading,
  failBatch,
  finishSplitting,
  lockBatch,
  lockIfSplitting,
  reopenBatches,
  reviveBatch,
  startSplitting,
  type NewBatch,
  type StoredReading,
  type StoredSizes,
} from './lifecycle.queries.ts';
export { claimPart, isAccountedFor, recordPart, restOf } from './part.queries.ts';
export { rowMetrics, type RowMetrics } from './row.metrics.ts';
export { batchDiagram } from './status-diagram.ts';
export { allows, hasEnded, isComplete } from './status.ts';
