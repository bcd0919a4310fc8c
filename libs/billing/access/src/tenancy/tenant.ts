import type { Db, Settings, Tx } from '#database';
import { mayDo, type Principal } from '../principal.ts';

/** Whose rows a statement may see and write. Its fields are the parameters of the fragments in scope.queries.ts. */
export interface TenantScope {
  readonly organizationId: string;
  /** The issuers of that organization; null for all of them. */
  readonly issuerIds: readonly string[] | null;
  /** True for an operator of the platform, on routes of both planes: the rows of every organization. */
  readonly everywhere: boolean;
}

declare const ofTenant: unique symbol;

/** Runs statements for one caller. Tenancy alone makes one, after it has named the caller to the database. */
export type TenantDb = Db & { readonly scope: TenantScope; readonly [ofTenant]: true };

/** The same in a transaction that may write. */
export type TenantTx = Tx & TenantDb;

/** A caller reaches what belongs to its organization, on every route but those of operators. */
export function scopeOf({ organizationId, issuerIds }: Principal): TenantScope {
  return { organizationId: checked(organizationId), issuerIds, everywhere: false };
}

/** On routes of operators, a caller of the plane *platform* reaches every organization. */
export function operatorScopeOf(principal: Principal): TenantScope {
  return { ...scopeOf(principal), everywhere: mayDo(principal, 'stages:read') && principal.issuerIds === null };
}

/** The settings that row policies read (docs/security.md, *Whose data*). Without them no row is seen. */
export function settingsOf({ organizationId, issuerIds, everywhere }: TenantScope): Settings {
  return {
    'app.organization': organizationId,
    'app.issuers': issuerIds === null ? 'all' : `{${issuerIds.map(checked).join(',')}}`,
    'app.plane': everywhere ? 'platform' : 'organization',
  };
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** An empty id must never stand for every row. */
function checked(id: string): string {
  if (UUID.test(id)) return id;
  throw new TypeError('the caller has an id that is no uuid');
}
