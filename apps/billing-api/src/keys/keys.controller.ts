import { Body, Controller, Inject, Param, Query } from '@nestjs/common';
import { z } from 'zod';
import {
  Actor,
  Caller,
  checkRoomFor,
  listKeys,
  lockKey,
  makeKey,
  mayDo,
  networksOf,
  revokeKey,
  rotateKey,
  Tenancy,
  usableOf,
  type ListedKey,
  type MadeKey,
  type Principal,
} from '#access';
import { recordAudit, type AuditActor } from '#audit';
import {
  isPermission,
  keyListQuery,
  keyRequest,
  keyRotation,
  type ApiKeyView,
  type KeyRequestBody,
  type MadeApiKeyView,
} from '#contracts/http';
import { fieldsInvalid, idPipe, ProblemError, readCursor, Route, toPage } from '#http';
import { Identity } from '#identity';

const cursorId = z.uuid();
const HOUR_MS = 60 * 60 * 1_000;
/** An event names so many issuers; the key itself names all. */
const ISSUERS_ON_RECORD_MAX = 50;

/** The API keys of the caller's organization. Only people reach this: no key makes another key. */
@Controller()
export class KeysController {
  constructor(
    @Inject(Tenancy) private readonly tenancy: Tenancy,
    @Inject(Identity) private readonly identity: Identity,
  ) {}

  @Route('GET /v1/api-keys')
  async list(
    @Query({ schema: keyListQuery }) { limit, cursor }: z.output<typeof keyListQuery>,
    @Caller() caller: Principal,
  ) {
    const { organizationId } = caller;
    const after = readCursor(cursor, (text) => cursorId.safeParse(text).data) ?? null;
    const page = { organizationId, after, limit: limit + 1 };
    const found = await this.tenancy.readAsTenant(caller, (db) => listKeys(db, page));
    return toPage(found, { limit, viewOf: keyView, cursorOf: ({ id }) => id });
  }

  @Route('POST /v1/api-keys')
  async make(
    @Body({ schema: keyRequest }) body: KeyRequestBody,
    @Caller() caller: Principal,
    @Actor() actor: AuditActor,
  ): Promise<MadeApiKeyView> {
    const { organizationId } = caller;
    refuseBeyond(caller, body.scopes);
    const issuerIds = body.issuerIds ?? caller.issuerIds;
    await this.#refuseForeignIssuers(organizationId, issuerIds ?? []);
    const key = await this.tenancy.withTenant(caller, async (tx) => {
      await checkRoomFor(tx, 'keys', caller);
      const cidrs = body.cidrs && (await networksOf(tx, body.cidrs));
      const made = await makeKey(tx, { ...body, organizationId, kind: 'live', issuerIds, cidrs, createdBy: caller.id });
      await recordAudit(tx, actor, {
        action: 'key.created',
        target: { kind: 'key', id: made.id },
        details: {
          scopes: body.scopes,
          ...(issuerIds === null ? {} : { issuerIds: issuerIds.slice(0, ISSUERS_ON_RECORD_MAX) }),
          expiresAt: made.expiresAt.toISOString(),
        },
      });
      return made;
    });
    return madeView(key);
  }

  @Route('POST /v1/api-keys/{id}/rotate')
  async rotate(
    @Param('id', idPipe) id: string,
    @Body({ schema: keyRotation }) { graceHours }: z.output<typeof keyRotation>,
    @Caller() caller: Principal,
    @Actor() actor: AuditActor,
  ): Promise<MadeApiKeyView> {
    const which = { id, organizationId: caller.organizationId };
    const key = await this.tenancy.withTenant(caller, async (tx) => {
      const old = await lockKey(tx, which);
      if (old === undefined || hasEnded(old)) throw keyNotFound(id);
      // The new text does what the old one did: it is told only to a person that may do that too.
      refuseBeyond(caller, old.scopes);
      // Without a grace the new key takes the place of the old one, so that a rotation is always possible.
      if (graceHours > 0) await checkRoomFor(tx, 'keys', caller);
      const made = await rotateKey(tx, which, { graceHours, createdBy: caller.id });
      if (made === undefined) throw keyNotFound(id);
      const ends = new Date(Math.min(old.expiresAt.getTime(), made.createdAt.getTime() + graceHours * HOUR_MS));
      await recordAudit(tx, actor, {
        action: 'key.rotated',
        target: { kind: 'key', id },
        details: { replacedBy: made.id, endsAt: ends.toISOString() },
      });
      return made;
    });
    return madeView(key);
  }

  @Route('DELETE /v1/api-keys/{id}')
  async end(
    @Param('id', idPipe) id: string,
    @Caller() caller: Principal,
    @Actor() actor: AuditActor,
  ): Promise<{ readonly ended: true }> {
    const which = { id, organizationId: caller.organizationId, by: caller.id };
    await this.tenancy.withTenant(caller, async (tx) => {
      if (!(await revokeKey(tx, which))) throw keyNotFound(id);
      await recordAudit(tx, actor, { action: 'key.revoked', target: { kind: 'key', id }, details: {} });
    });
    return { ended: true };
  }

  async #refuseForeignIssuers(organizationId: string, issuerIds: readonly string[]): Promise<void> {
    if (await this.identity.members.knowsIssuers(organizationId, issuerIds)) return;
    throw fieldsInvalid([{ field: 'issuerIds', code: 'unknown', message: 'has an id that no issuer has' }]);
  }
}

function hasEnded({ revokedAt, expiresAt }: Pick<ListedKey, 'revokedAt' | 'expiresAt'>): boolean {
  return revokedAt !== null || expiresAt <= new Date();
}

/** @throws ProblemError SCOPE_BEYOND_MAKER for a scope that the person does not have */
function refuseBeyond(caller: Principal, scopes: readonly string[]): void {
  const beyond = scopes.filter((scope) => !isPermission(scope) || !mayDo(caller, scope));
  if (beyond.length === 0) return;
  throw new ProblemError({
    status: 403,
    code: 'SCOPE_BEYOND_MAKER',
    title: 'A key may do no more than its maker',
    detail: `You do not have ${beyond.join(', ')} yourself.`,
  });
}

function keyNotFound(id: string): ProblemError {
  return new ProblemError({
    status: 404,
    code: 'API_KEY_NOT_FOUND',
    title: 'No such key',
    detail: `There is no key ${id} that works. GET /v1/api-keys lists the keys of the organization.`,
  });
}

function madeView({ id, hint, secret, createdAt, expiresAt }: MadeKey): MadeApiKeyView {
  return { id, hint, secret, createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() };
}

function keyView({ id, name, hint, createdBy, replaces, ...key }: ListedKey): ApiKeyView {
  const { permissions, issuerIds } = usableOf({ ...key, madeBy: createdBy });
  return {
    id,
    name,
    hint,
    scopes: [...key.scopes],
    issuerIds: key.issuerIds === null ? null : [...key.issuerIds],
    cidrs: key.cidrs === null ? null : [...key.cidrs],
    createdBy,
    createdAt: key.createdAt.toISOString(),
    expiresAt: key.expiresAt.toISOString(),
    revokedAt: key.revokedAt?.toISOString() ?? null,
    replaces,
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    makerStatus: key.makerStatus,
    usable: { scopes: [...permissions], issuerIds: issuerIds === null ? null : [...issuerIds] },
  };
}
