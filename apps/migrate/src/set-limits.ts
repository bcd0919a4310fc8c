import type { DataSource } from 'typeorm';
import { changeOrganization } from '#access';
import { organizationLimits } from '#contracts/http';
import { withTransaction } from '#database';
import { findOrganization } from './organizations.queries.ts';
import { TERMINAL } from './terminal.ts';

/**
 * Changes the limits of an organization: `limits default uploads=60 rows=none`. `none` gives the default again.
 * @throws Error for an argument that is wrong
 */
export async function changeLimits(dataSource: DataSource, args: readonly string[]): Promise<void> {
  const [slug, ...changes] = args;
  if (slug === undefined || changes.length === 0)
    throw new Error('limits takes a slug and changes: default uploads=60');
  const pairs = changes.map(pairOf);
  const given = Object.fromEntries(pairs.filter(([, value]) => value !== null));
  const checked = organizationLimits.safeParse(given);
  if (!checked.success)
    throw new Error(checked.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
  const removed = pairs.flatMap(([name, value]) => (value === null ? [[name, 'none'] as const] : []));
  const change = { limits: { ...checked.data, ...Object.fromEntries(removed) } };
  await dataSource.initialize();
  const changed = await withTransaction(dataSource, async (tx) => {
    const id = await findOrganization(tx, slug);
    return id === undefined ? undefined : await changeOrganization(tx, { id, change }, TERMINAL);
  });
  if (changed === undefined) throw new Error(`there is no organization ${slug}`);
  process.stdout.write(`${JSON.stringify(changed.limits)}\n`);
}

function pairOf(change: string): readonly [name: string, value: number | null] {
  const [name = '', value = '', ...rest] = change.split('=');
  if (!(name in organizationLimits.shape)) {
    throw new Error(`there is no limit ${name}; there are: ${Object.keys(organizationLimits.shape).join(', ')}`);
  }
  if (rest.length > 0 || !/^(?:\d{1,16}|none)$/.test(value)) throw new Error(`${change}: expected a number, or none`);
  return [name, value === 'none' ? null : Number(value)];
}
