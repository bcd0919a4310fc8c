export { addLogContext, currentLogContext, withLogContext, type LogContext } from './log-context.ts';
export { createLogger, type LogFields, type Logger, type LoggerOptions, type LogLevel } from './logger.ts';
export { startManagement, type Management, type ManagementOptions, type ReadinessCheck } from './management.ts';
export { maskEmail, maskForReader, maskText } from './mask.ts';
export { createMetrics, DURATION_BUCKETS, readinessMetric } from './metrics.ts';
export { nestLogger } from './nest-logger.ts';
