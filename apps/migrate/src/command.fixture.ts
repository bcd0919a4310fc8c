import type { DataSource } from 'typeorm';
import { vi } from 'vitest';
import { createDataSource } from '#database';
import type { TestDatabase } from '#testing';

/** Runs a command as main.ts does, with a data source that is not connected yet, and returns what it has printed. */
export async function outputOf(
  { url }: TestDatabase,
  command: (dataSource: DataSource) => Promise<void>,
): Promise<string> {
  const dataSource = createDataSource({ url, poolMax: 1, applicationName: 'migrate' });
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await command(dataSource);
    return write.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    write.mockRestore();
    if (dataSource.isInitialized) await dataSource.destroy();
  }
}
