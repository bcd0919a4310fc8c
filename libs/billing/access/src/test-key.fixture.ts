import { keyPermissions, type Permission } from '#contracts/http';
import { createDataSource, type Db } from '#database';
import { carryKey } from '#testing';
import { DEFAULT_ORGANIZATION, makeKey } from './keys/keys.ts';

export { hashOfKey, newKeyText } from './keys/key-text.ts';

/** The text of a new key. It may do what a key may do at all, for every issuer of the default organization. */
export async function insertTestKey(
  db: Db,
  overrides: {
    readonly organizationId?: string;
    readonly permissions?: readonly Permission[];
    readonly issuerIds?: readonly string[];
  } = {},
): Promise<string> {
  const { organizationId = DEFAULT_ORGANIZATION, permissions = keyPermissions, issuerIds = null } = overrides;
  const { secret } = await makeKey(db, {
    organizationId,
    name: 'tests',
    kind: 'test',
    scopes: permissions,
    issuerIds,
    cidrs: null,
    expiresInDays: 1,
    createdBy: null,
  });
  return secret;
}

/** Makes a key in that database and lets `fetch` send it to the apps at these origins. */
export async function carryTestKey(databaseUrl: string, origins: readonly string[]): Promise<string> {
  const dataSource = createDataSource({ url: databaseUrl, poolMax: 1, applicationName: 'test key' });
  await dataSource.initialize();
  try {
    const key = await insertTestKey(dataSource.manager);
    for (const origin of origins) carryKey(origin, key);
    return key;
  } finally {
    await dataSource.destroy();
  }
}
