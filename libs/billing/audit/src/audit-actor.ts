import { planeOf, type AuditPlane, type Permission } from '#contracts/http';
import { networkOf } from './network.ts';
import type { AuditActor } from './record-audit.ts';

/** The caller of a request, as far as the audit names it. */
interface ActingCaller {
  readonly kind: 'key' | 'person';
  readonly id: string;
  readonly organizationId: string;
  readonly permissions: ReadonlySet<Permission>;
}

/**
 * The planes that a caller acts in, the one of its organization first. A caller with permissions of both planes alone
 * acts for its organization.
 */
export function planesOf(permissions: ReadonlySet<Permission>): readonly AuditPlane[] {
  const planes = new Set([...permissions].map(planeOf));
  const own = planes.has('organization') || !planes.has('platform');
  return [...(own ? (['organization'] as const) : []), ...(planes.has('platform') ? (['platform'] as const) : [])];
}

/**
 * The caller as events name it.
 * @param needed the permission that the action needs: one of the platform makes an event of the installation
 */
export function auditActor(
  caller: ActingCaller,
  needed: Permission | undefined,
  { requestId, ip }: { readonly requestId: string | undefined; readonly ip: string | undefined },
): AuditActor {
  const plane = needed === undefined ? 'both' : planeOf(needed);
  const [first] = planesOf(caller.permissions);
  const isOfPlatform = plane === 'platform' || (plane === 'both' && first === 'platform');
  const { kind, id, organizationId } = caller;
  return {
    kind,
    id,
    organizationId: isOfPlatform ? undefined : organizationId,
    requestId,
    network: networkOf(ip),
  };
}
