/* The parts for a plain server of node:http, which needs neither Nest nor a database. */
export { limitBodyTime } from './limits/body-time.ts';
export { limitConnections, limitPipelining } from './limits/client-limits.ts';
export { closeGracefully } from './app/close-gracefully.ts';
export { httpMetrics, type HttpMetrics } from './app/http.metrics.ts';
export { knownHosts } from './limits/known-hosts.ts';
export { answerWithProblem, discardRest, hasUnreadBody } from './limits/linger.ts';
export { ProblemError, type ProblemOptions } from './problems/problem.ts';
export { requestLogging } from './app/request-logging.ts';
export { securityHeaders } from './app/security-headers.ts';
export { answerUnreadable } from './problems/unreadable.ts';
