import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { keyPermissions, planeOf, type Permission } from '#contracts/http';
import { insertChunkResult, insertNotification, insertRejection } from '#testing';
import { insertComposed } from '../../apps/billing-api/src/billing-api.fixture.ts';
import { insertLetterOf } from '../../apps/billing-api/src/operations/dead-letters/letters.fixture.ts';
import { insertTestKey } from '../../libs/billing/access/src/test-key.fixture.ts';

/** Everything that a key may do inside one organization. */
const inOrganization: readonly Permission[] = keyPermissions.filter((each) => planeOf(each) !== 'platform');

/** Ids by the collection of a path: /v1/batches/{id} has that of `batches`. */
export type Ids = Readonly<Record<string, string>>;

export interface Seeded {
  readonly organizationId: string;
  readonly ids: Ids & { readonly issuers: string };
}

export async function insertOrganization({ manager }: DataSource, slug: string): Promise<string> {
  const id = randomUUID();
  await manager.query('insert into organizations (id, name, slug) values ($1, $2, $2)', [id, slug]);
  return id;
}

/** An issuer of the organization with one of everything: the same data in each organization. */
export async function seedIssuer({ manager }: DataSource, organizationId: string): Promise<Seeded> {
  const { issuer, batchId, boleto } = await insertComposed(manager, { organizationId });
  await insertChunkResult(manager, { batchId, rows: 2, accepted: 1, rejected: 1 });
  await insertChunkResult(manager, { batchId, stage: 'issue', rows: 1, accepted: 1, centavos: 12_345n });
  await insertRejection(manager, { batchId });
  await insertNotification(manager, { boletoId: boleto.id, batchId, status: 'sent' });
  const exportId = randomUUID();
  await manager.query(`insert into exports (id, batch_id, format) values ($1, $2, 'pdf-zip')`, [exportId, batchId]);
  const proposalId = randomUUID();
  await manager.query(
    `insert into issuer_proposals (id, organization_id, issuer_id, issuer_version, request, proposed_by, proposer)
     values ($1, $2, $3, 1, '{"name":"Changed"}', $1, 'Ana Prado')`,
    [proposalId, organizationId, issuer.id],
  );
  await manager.query(
    `insert into export_parts (export_id, part_no, storage_key, bytes, files) values ($1, 0, 'part', 1, 1)`,
    [exportId],
  );
  await manager.query(
    `insert into dead_letter_actions (organization_id, action, operator, selection, matched)
     values ($1, 'discard', 'ana', '{}', 1)`,
    [organizationId],
  );
  const letter = await insertLetterOf(manager, 'chunk-validator.chunks', 'chunk.ready.v1', {
    batchId,
    chunkNo: 0,
    fromLine: 2,
    toLine: null,
  });
  const [action]: { id: string }[] = await manager.query('select max(id) as id from dead_letter_actions');
  await manager.query('insert into dead_letter_histories (dead_letter_id, action_id) values ($1, $2)', [
    letter,
    action?.id,
  ]);
  return {
    organizationId,
    ids: {
      issuers: issuer.id,
      'issuer-proposals': proposalId,
      batches: batchId,
      boletos: boleto.id,
      exports: exportId,
      'dead-letters': letter,
      actions: action?.id ?? '',
    },
  };
}

/** A key that may do everything inside the organization, for some of its issuers or for all. */
export async function keyOf(
  { manager }: DataSource,
  organizationId: string,
  issuerIds?: readonly string[],
): Promise<string> {
  const permissions = inOrganization;
  return await insertTestKey(manager, {
    organizationId,
    permissions,
    ...(issuerIds === undefined ? {} : { issuerIds }),
  });
}
