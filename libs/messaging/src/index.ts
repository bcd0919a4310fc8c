export { Broker } from './broker.ts';

export type { DeadLetter } from './dead-letter.ts';
export { failureClasses, failureClassNames, type FailureClass } from './failure-classes.ts';
export type { AnyHandler, Delivery, Handler } from './handler.ts';
export { recordAllInInbox, recordInInbox } from './inbox.ts';
export { OutboxRelay } from './outbox-relay.ts';
export { enqueue, enqueueAll, enqueueEach, outboxDepth, type AnyMessage } from './outbox.ts';
export { done, postpone, reject, retry, type Outcome } from './outcome.ts';
export type { StageBreaker } from './stage-breaker.ts';
export { WakeUp } from './wake-up.ts';
