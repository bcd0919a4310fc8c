import type { Permission } from './permissions.ts';

/** The demand of a route on its caller. */
export type RouteAccess =
  | {
      readonly needs: Permission;
      /** The person must have signed in during the last ten minutes. Keys are refused. */
      readonly stepUp?: true;
    }
  /** Any person that is signed in; no key. */
  | { readonly needs: 'session'; readonly stepUp?: true }
  /** No identity, for this reason. */
  | { readonly anonymous: string };

/** The permission that the route asks for; undefined if any person, or any caller at all, may use it. */
export function neededPermission(access: RouteAccess): Permission | undefined {
  return 'anonymous' in access || access.needs === 'session' ? undefined : access.needs;
}
