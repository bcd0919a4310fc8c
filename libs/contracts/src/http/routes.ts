import { keyRoutes } from './access/keys.routes.ts';
import { auditRoutes } from './audit/audit.routes.ts';
import { batchRoutes } from './batches/batches.routes.ts';
import { boletoRoutes } from './boletos/boletos.routes.ts';
import { exportRoutes } from './boletos/exports.routes.ts';
import { issuerRoutes } from './issuers/issuers.routes.ts';
import { proposalRoutes } from './issuers/proposals.routes.ts';
import { deadLetterRoutes } from './operations/dead-letters.routes.ts';
import { organizationRoutes } from './operations/organizations.routes.ts';
import { stageRoutes } from './operations/stages.routes.ts';
import { authRoutes } from './people/auth.routes.ts';
import { meRoutes } from './people/me.routes.ts';
import { userRoutes } from './people/users.routes.ts';
import type { RouteSpec } from './route-spec.ts';
import { uploadRoutes } from './uploads/uploads.routes.ts';

/** Every route below /v1. A path that has a fixed last segment stands before the one with a parameter there. */
export const routes = {
  ...uploadRoutes,
  ...batchRoutes,
  ...exportRoutes,
  ...boletoRoutes,
  ...issuerRoutes,
  ...proposalRoutes,
  ...deadLetterRoutes,
  ...stageRoutes,
  ...organizationRoutes,
  ...authRoutes,
  ...meRoutes,
  ...userRoutes,
  ...keyRoutes,
  ...auditRoutes,
} as const satisfies Record<string, RouteSpec>;

/** 'GET /v1/batches/{id}' */
export type RouteKey = keyof typeof routes;
