import { Body, Controller, Inject, Param, Query } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import {
  Caller,
  listKeys,
  lockKey,
  makeKey,
  mayDo,
  networksOf,
  revokeKey,
  rotateKey,
  type ListedKey,
  type MadeKey,
  type Principal,
} from '#access';
import {
  isPermission,
  keyListQuery,
  keyRequest,
  keyRotation,
  type ApiKeyView,
  type KeyRequestBody,
  type MadeApiKeyView,
} from '#contracts/http';
import { withTransaction } from '#database';
import { fieldsInvalid, idPipe, ProblemError, readCursor, Route, toPage } from '#http';
import { Identity } from '#identity';
import type { Logger } from '#observability';
import { LOGGER } from '#process';

const cursorId = z.uuid();

/** The API keys of the caller's organization. Only people reach this: no key makes another key. */
@Controller()
export class KeysController {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(Identity) private readonly identity: Identity,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Route('GET /v1/api-keys')
  async list(
    @Query({ schema: keyListQuery }) { limit, cursor }: z.output<typeof keyListQuery>,
    @Caller() { organizationId }: Principal,
  ) {
    const after = readCursor(cursor, (text) => cursorId.safeParse(text).data) ?? null;
    const found = await listKeys(this.dataSource.manager, { organizationId, after, limit: limit + 1 });
    return toPage(found, { limit, viewOf: keyView, cursorOf: ({ id }) => id });
  }

  @Route('POST /v1/api-keys')
  async make(@Body({ schema: keyRequest }) body: KeyRequestBody, @Caller() caller: Principal): Promise<MadeApiKeyView> {
    const { organizationId } = caller;
    refuseBeyond(caller, body.scopes);
    const issuerIds = body.issuerIds ?? caller.issuerIds;
    await this.#refuseForeignIssuers(organizationId, issuerIds ?? []);
    const { manager } = this.dataSource;
    const cidrs = body.cidrs && (await networksOf(manager, body.cidrs));
    const key = await makeKey(manager, {
      ...body,
      organizationId,
      kind: 'live',
      issuerIds,
      cidrs,
      createdBy: caller.id,
    });
    this.logger.warn('an API key was made', { event: 'key.made', keyId: key.id, by: caller.id, scopes: body.scopes });
    return madeView(key);
  }

  @Route('POST /v1/api-keys/{id}/rotate')
  async rotate(
    @Param('id', idPipe) id: string,
    @Body({ schema: keyRotation }) { graceHours }: z.output<typeof keyRotation>,
    @Caller() caller: Principal,
  ): Promise<MadeApiKeyView> {
    const which = { id, organizationId: caller.organizationId };
    const key = await withTransaction(this.dataSource, async (tx) => {
      const old = await lockKey(tx, which);
      if (old === undefined) throw keyNotFound(id);
      // The new text does what the old one did: it is told only to a person that may do that too.
      refuseBeyond(caller, old.scopes);
      return rotateKey(tx, which, { graceHours, createdBy: caller.id });
    });
    if (key === undefined) throw keyNotFound(id);
    this.logger.warn('an API key was rotated', { event: 'key.rotated', keyId: id, newKeyId: key.id, by: caller.id });
    return madeView(key);
  }

  @Route('DELETE /v1/api-keys/{id}')
  async end(@Param('id', idPipe) id: string, @Caller() caller: Principal): Promise<{ readonly ended: true }> {
    const { organizationId } = caller;
    const by = caller.id;
    if (!(await withTransaction(this.dataSource, (tx) => revokeKey(tx, { id, organizationId, by })))) {
      throw keyNotFound(id);
    }
    this.logger.warn('an API key was ended', { event: 'key.ended', keyId: id, by });
    return { ended: true };
  }

  async #refuseForeignIssuers(organizationId: string, issuerIds: readonly string[]): Promise<void> {
    if (await this.identity.members.knowsIssuers(organizationId, issuerIds)) return;
    throw fieldsInvalid([{ field: 'issuerIds', code: 'unknown', message: 'has an id that no issuer has' }]);
  }
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
  };
}
