import { Counter, Histogram, type Registry } from 'prom-client';
import { DURATION_BUCKETS } from '#observability';

/** Why a connection is refused before there is a request to measure. */
const REFUSED_CONNECTIONS = [
  'CLIENT_CONNECTIONS',
  'HEADERS_TOO_LARGE',
  'PAYLOAD_TOO_LARGE',
  'PIPELINED',
  'REQUEST_MALFORMED',
  'REQUEST_TIMEOUT',
] as const;

export interface HttpMetrics {
  request(method: string, route: string, status: number, seconds: number): void;
  /** `reason` is one of REFUSED_CONNECTIONS: a fixed code, nothing that a client sent. */
  refused(reason: string): void;
}

/** `route` is the template (`/v1/batches/:id`), never the path that was asked for. */
export function httpMetrics(registry: Registry): HttpMetrics {
  const duration = new Histogram({
    name: 'billing_http_request_duration_seconds',
    help: 'Time from the arrival of a request to the end of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: DURATION_BUCKETS,
    registers: [registry],
  });
  const refused = new Counter({
    name: 'billing_http_refused_connections_total',
    help: 'Connections that were refused before there was a request, by reason.',
    labelNames: ['reason'],
    registers: [registry],
  });
  for (const reason of REFUSED_CONNECTIONS) refused.inc({ reason }, 0);
  return {
    refused: (reason) => {
      refused.inc({ reason });
    },
    request: (method, route, status, seconds) => {
      duration.observe({ method, route, status: status.toString() }, seconds);
    },
  };
}
