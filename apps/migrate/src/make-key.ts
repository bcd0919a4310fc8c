import { parseArgs } from 'node:util';
import type { DataSource } from 'typeorm';
import { createOrganization, makeKey, type KeyRequest } from '#access';
import { recordAudit } from '#audit';
import { isPermission, keyPermissions, type Permission } from '#contracts/http';
import { violatedConstraint, withTransaction, type Tx } from '#database';
import { findOrganization } from './organizations.queries.ts';
import { TERMINAL } from './terminal.ts';

const DAYS_DEFAULT = 365;
const DEFAULT_SLUG = 'default';

/**
 * Makes an API key and prints its text, alone on a line. It is shown this once, and never logged. `--scopes
 * batches:read,boletos:read` gives it less than a key may have at most; `--organization SLUG` gives it to another
 * organization than the default one.
 * @throws Error for an argument that is wrong
 */
export async function printNewKey(dataSource: DataSource, args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      name: { type: 'string' },
      kind: { type: 'string', default: 'live' },
      days: { type: 'string', default: DAYS_DEFAULT.toString() },
      scopes: { type: 'string' },
      organization: { type: 'string', default: DEFAULT_SLUG },
    },
  });
  const { name, kind, days, scopes, organization: slug } = values;
  if (name === undefined || name.trim() === '') throw new Error('--name says what the key is for');
  if (kind !== 'live' && kind !== 'test') throw new Error(`--kind is live or test, not ${kind}`);
  const facts = { name: name.trim(), kind, expiresInDays: Number(days) } as const;
  const given = scopes === undefined ? keyPermissions : scopes.split(',').map(permissionOf);
  await dataSource.initialize();
  const secret = await withTransaction(dataSource, async (tx) => {
    const organizationId = await findOrganization(tx, slug);
    if (organizationId === undefined) throw new Error(`there is no organization ${slug}`);
    const rest = { issuerIds: null, cidrs: null, createdBy: null };
    return await makeRecordedKey(tx, { ...facts, ...rest, organizationId, scopes: given });
  });
  process.stdout.write(`${secret}\n`);
}

/** The text of a new key, which is on record as an event of its organization. */
async function makeRecordedKey(tx: Tx, request: KeyRequest): Promise<string> {
  const { id, secret, expiresAt } = await makeKey(tx, request);
  const { organizationId, scopes } = request;
  await recordAudit(
    tx,
    { ...TERMINAL, organizationId },
    {
      action: 'key.created',
      target: { kind: 'key', id },
      details: { scopes: [...scopes], expiresAt: expiresAt.toISOString() },
    },
  );
  return secret;
}

/**
 * Makes an organization and prints its id, alone on a line: `--name 'Acme Ltda' --slug acme`.
 * @throws Error for an argument that is wrong, or a slug that is taken
 */
export async function printNewOrganization(dataSource: DataSource, args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { name: { type: 'string' }, slug: { type: 'string' } } });
  const { name, slug } = values;
  if (name === undefined || slug === undefined) throw new Error('an organization has a --name and a --slug');
  await dataSource.initialize();
  const made = await withTransaction(dataSource, (tx) =>
    createOrganization(tx, { name: name.trim(), slug }, TERMINAL),
  ).catch((error: unknown) => {
    if (violatedConstraint(error) !== 'organizations_slug_once') throw error;
    throw new Error(`another organization has the slug ${slug}`, { cause: error });
  });
  process.stdout.write(`${made.id}\n`);
}

function permissionOf(text: string): Permission {
  if (!isPermission(text)) throw new Error(`there is no permission ${text}; there are: ${keyPermissions.join(', ')}`);
  return text;
}
