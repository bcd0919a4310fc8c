export { recordAllInInbox, recordInInbox, isInInbox } from './inbox.queries.ts';
export {
  claimOutbox,
  deleteFromOutbox,
  enqueue,
  enqueueAll,
  enqueueEach,
  outboxDepth,
  type AnyMessage,
  type OutboxRow,
} from './outbox.queries.ts';
