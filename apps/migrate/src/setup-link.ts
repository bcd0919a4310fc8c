import type { DataSource } from 'typeorm';
import { makeSetupLink } from '#identity';

/**
 * Prints the link with which the first person makes an account, alone on a line; nothing if there is an account. It
 * works once, for a day, and takes the place of a link that was made before. It is never logged.
 * @throws Error without PUBLIC_URL
 */
export async function printSetupLink(dataSource: DataSource, publicUrl: string | undefined): Promise<void> {
  if (publicUrl === undefined) throw new Error('PUBLIC_URL says where the link leads');
  await dataSource.initialize();
  const link = await makeSetupLink({ dataSource }, publicUrl);
  if (link !== undefined) process.stdout.write(`${link}\n`);
}
