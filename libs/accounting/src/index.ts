export { closeBatchDoors, tryCloseBatchDoors } from './batch-door.ts';
export { claimPart, isAccountedFor, recordPart, type Part, type Stage } from './part.ts';
