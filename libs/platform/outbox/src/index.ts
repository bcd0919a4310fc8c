export { recordAllInInbox, recordInInbox, isInInbox } from './inbox.ts';
export {
  claimOutbox,
  deleteFromOutbox,
  enqueue,
  enqueueAll,
  enqueueEach,
  outboxDepth,
  type AnyMessage,
  type OutboxRow,
} from './outbox.ts';
