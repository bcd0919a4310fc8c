import { parseArgs } from 'node:util';
import type { DataSource } from 'typeorm';
import { DEFAULT_ORGANIZATION, makeKey } from '#access';
import { isPermission, keyPermissions, type Permission } from '#contracts/http';

const DAYS_DEFAULT = 365;

/**
 * Makes an API key of the default organization and prints its text, alone on a line. It is shown this once, and never
 * logged. `--scopes batches:read,boletos:read` gives it less than a key may have at most.
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
    },
  });
  const { name, kind, days, scopes } = values;
  if (name === undefined || name.trim() === '') throw new Error('--name says what the key is for');
  if (kind !== 'live' && kind !== 'test') throw new Error(`--kind is live or test, not ${kind}`);
  await dataSource.initialize();
  const { secret } = await makeKey(dataSource.manager, {
    organizationId: DEFAULT_ORGANIZATION,
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

function permissionOf(text: string): Permission {
  if (!isPermission(text)) throw new Error(`there is no permission ${text}; there are: ${keyPermissions.join(', ')}`);
  return text;
}
