/** The processes that answer HTTP behind the gateway. */
export type ApiName = 'upload-api' | 'billing-api';

export interface RouteSpec {
  /** The app that answers; the gateway forwards to it, the other app refuses with 421 MISDIRECTED. */
  readonly servedBy: ApiName;
}

const upload = { servedBy: 'upload-api' } as const;
const billing = { servedBy: 'billing-api' } as const;

/** Every route below /v1. A path that has a fixed last segment stands before the one with a parameter there. */
export const routes = {
  'POST /v1/batches': upload,
  'GET /v1/batches': billing,
  'GET /v1/batches/{id}': billing,
  'POST /v1/batches/{id}/cancel': billing,
  'GET /v1/batches/{id}/events': billing,
  'GET /v1/batches/{id}/results.csv': billing,
  'GET /v1/batches/{id}/rejections.csv': billing,
  'GET /v1/batches/{id}/duplicates.csv': billing,
  'GET /v1/batches/{id}/exports': billing,
  'POST /v1/batches/{id}/exports': billing,
  'GET /v1/exports/{id}': billing,
  'GET /v1/exports/{id}/download': billing,
  'GET /v1/boletos/{id}.pdf': billing,
  'GET /v1/boletos/{id}': billing,
  'GET /v1/issuers': billing,
  'POST /v1/issuers': billing,
  'POST /v1/issuers/preview': billing,
  'GET /v1/issuers/{id}': billing,
  'PATCH /v1/issuers/{id}': billing,
  'GET /v1/banks': billing,
  'GET /v1/dead-letters': billing,
  'GET /v1/dead-letters/groups': billing,
  'GET /v1/dead-letters/{id}': billing,
  'POST /v1/dead-letters/replay': billing,
  'POST /v1/dead-letters/discard': billing,
  'POST /v1/dead-letters/restore': billing,
  'GET /v1/stages': billing,
  'POST /v1/stages/{stage}/pause': billing,
  'POST /v1/stages/{stage}/resume': billing,
  'GET /v1/outbox': billing,
} as const satisfies Record<string, RouteSpec>;

/** 'GET /v1/batches/{id}' */
export type RouteKey = keyof typeof routes;
