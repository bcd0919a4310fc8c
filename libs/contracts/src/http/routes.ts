import { batchRoutes } from './batches.routes.ts';
import { boletoRoutes } from './boletos.routes.ts';
import { deadLetterRoutes } from './dead-letters.routes.ts';
import { exportRoutes } from './exports.routes.ts';
import { issuerRoutes } from './issuers.routes.ts';
import type { RouteSpec } from './route-spec.ts';
import { stageRoutes } from './stages.routes.ts';
import { uploadRoutes } from './uploads.routes.ts';

/** Every route below /v1. A path that has a fixed last segment stands before the one with a parameter there. */
export const routes = {
  ...uploadRoutes,
  ...batchRoutes,
  ...exportRoutes,
  ...boletoRoutes,
  ...issuerRoutes,
  ...deadLetterRoutes,
  ...stageRoutes,
} as const satisfies Record<string, RouteSpec>;

/** 'GET /v1/batches/{id}' */
export type RouteKey = keyof typeof routes;
