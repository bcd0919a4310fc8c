/* The parts for a plain server of node:http, which needs neither Nest nor a database. */
export { limitBodyTime } from './body-time.ts';
export { limitConnections, limitPipelining } from './client-limits.ts';
export { closeGracefully } from './close-gracefully.ts';
export { httpMetrics, type HttpMetrics } from './http.metrics.ts';
export { knownHosts } from './known-hosts.ts';
export { answerWithProblem, discardRest, hasUnreadBody } from './linger.ts';
export { ProblemError, type ProblemOptions } from './problem.ts';
export { requestLogging } from './request-logging.ts';
export { securityHeaders } from './security-headers.ts';
export { answerUnreadable } from './unreadable.ts';
