import { parseArgs } from 'node:util';
import type { DataSource } from 'typeorm';
import { endPlatformRole, givePlatformRole } from '#identity';

/**
 * Gives a person the role of the platform, or takes it away: `platform ana@example.com`, `platform ana@example.com
 * --end`. Prints what has become of the person, and the link with which a new operator begins.
 * @throws Error for an argument that is wrong, and for what cannot be done
 */
export async function changePlatformRole(
  dataSource: DataSource,
  args: readonly string[],
  publicUrl: string | undefined,
): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { end: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const [text, ...rest] = positionals;
  if (text === undefined || rest.length > 0) throw new Error('platform takes one e-mail address, and --end');
  const email = text.trim().toLowerCase();
  await dataSource.initialize();
  if (values.end) {
    await endPlatformRole(dataSource, email);
    process.stdout.write(`${email} has the role of the platform no more\n`);
    return;
  }
  if (publicUrl === undefined) throw new Error('PUBLIC_URL says where the link for a new password leads');
  const { left, link } = await givePlatformRole(dataSource, email, publicUrl);
  const before = left.length === 0 ? '' : `, and is no member any more of ${left.join(', ')}`;
  process.stdout.write(`${email} has the role of the platform${before}\n`);
  if (link !== undefined) process.stdout.write(`A new password, within half an hour and once: ${link}\n`);
}
