export { Broker } from './broker.ts';
export type { DeadLetter } from './delivery/dead-letter.ts';
export type { AnyHandler, Delivery, Handler } from './delivery/handler.ts';
export { done, postpone, reject, retry, type Outcome } from './delivery/outcome.ts';
export type { StageBreaker } from './breaker/stage-breaker.ts';
export { messagingMetrics, type MessagingMetrics } from './messaging.metrics.ts';
export { OutboxRelay } from './outbox-relay.ts';
