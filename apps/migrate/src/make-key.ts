import { parseArgs } from 'node:util';
import type { DataSource } from 'typeorm';
import { makeKey } from '#access';
import { isPermission, keyPermissions, type Permission } from '#contracts/http';
import { findOrganization, insertOrganization } from './organizations.queries.ts';

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
  await dataSource.initialize();
  const organizationId = await findOrganization(dataSource.manager, slug);
  if (organizationId === undefined) throw new Error(`there is no organization ${slug}`);
  const { secret } = await makeKey(dataSource.manager, {
    organizationId,
    name: name.trim(),
    kind,
    scopes: scopes === undefined ? keyPermissions : scopes.split(',').map(permissionOf),
    issuerIds: null,
    cidrs: null,
    expiresInDays: Number(days),
    createdBy: null,
  });
  process.stdout.write(`${secret}\n`);
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
  const id = await insertOrganization(dataSource.manager, { name: name.trim(), slug });
  process.stdout.write(`${id}\n`);
}

function permissionOf(text: string): Permission {
  if (!isPermission(text)) throw new Error(`there is no permission ${text}; there are: ${keyPermissions.join(', ')}`);
  return text;
}
