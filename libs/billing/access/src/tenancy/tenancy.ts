import type { DataSource } from 'typeorm';
import { withReading, withTransaction, type Db, type Tx } from '#database';
import type { Principal } from '../principal.ts';
import { operatorScopeOf, scopeOf, settingsOf, type TenantDb, type TenantScope, type TenantTx } from './tenant.ts';

type Work<D, T> = (db: D) => Promise<T>;

/**
 * The only way from a controller to the database. It names the caller to PostgreSQL before any other statement, and
 * gives the statements what they need in order to find the caller's rows alone.
 */
export class Tenancy {
  readonly #dataSource: DataSource;

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  /** Runs `work` in a transaction for the caller, as withTransaction of #database does: it may run more than once. */
  async withTenant<T>(principal: Principal, work: Work<TenantTx, T>): Promise<T> {
    return await this.#write(scopeOf(principal), work);
  }

  /** Runs `work`, which only reads, for the caller: one statement costs two round trips. */
  async readAsTenant<T>(principal: Principal, work: Work<TenantDb, T>): Promise<T> {
    return await this.#read(scopeOf(principal), work);
  }

  /**
   * Runs `work`, which only adds up, over the whole organization of the caller, also over issuers that the caller may
   * not act for: quotas are those of the organization. It gets no scope, so no statement for a caller's rows takes it.
   */
  async sumOfOrganization<T>(principal: Principal, work: Work<Db, T>): Promise<T> {
    const scope = { ...scopeOf(principal), issuerIds: null };
    return await withReading(this.#dataSource, settingsOf(scope), work);
  }

  /** For routes of operators: as withTenant, but for every organization if the caller is of the plane *platform*. */
  async withOperator<T>(principal: Principal, work: Work<TenantTx, T>): Promise<T> {
    return await this.#write(operatorScopeOf(principal), work);
  }

  /** The same for `work` that only reads. */
  async readAsOperator<T>(principal: Principal, work: Work<TenantDb, T>): Promise<T> {
    return await this.#read(operatorScopeOf(principal), work);
  }

  async #write<T>(scope: TenantScope, work: Work<TenantTx, T>): Promise<T> {
    return await withTransaction(this.#dataSource, (tx) => work(scoped(tx, scope)), { settings: settingsOf(scope) });
  }

  async #read<T>(scope: TenantScope, work: Work<TenantDb, T>): Promise<T> {
    return await withReading(this.#dataSource, settingsOf(scope), (db) => work(scoped(db, scope)));
  }
}

/** Both are made for one transaction, so that no other caller can meet the scope. */
function scoped(db: Tx, scope: TenantScope): TenantTx;
function scoped(db: Db, scope: TenantScope): TenantDb;
function scoped(db: Db, scope: TenantScope): object {
  return Object.assign(db, { scope });
}
