export { addLogContext, withLogContext, type LogContext } from './log-context.ts';
export { createLogger, type LogFields, type Logger, type LoggerOptions, type LogLevel } from './logger.ts';
export { startManagement, type Management, type ManagementOptions, type ReadinessCheck } from './management.ts';
export { maskText } from './mask.ts';
export {
  burialMetrics,
  createMetrics,
  emailMetrics,
  emailRateMetrics,
  httpMetrics,
  messagingMetrics,
  outboxMetrics,
  poolMetrics,
  readinessMetric,
  rowMetrics,
  watchdogMetrics,
  type BurialMetrics,
  type EmailMetrics,
  type EmailOutcome,
  type EmailRateMetrics,
  type HttpMetrics,
  type MessagingMetrics,
  type OutboxMetrics,
  type PoolCounts,
  type RowMetrics,
  type RowOutcome,
  type WatchdogMetrics,
} from './metrics.ts';
export { nestLogger } from './nest-logger.ts';
export { requestLogging, type Middleware, type RequestLoggingOptions } from './request-logging.ts';
