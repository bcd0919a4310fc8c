import { expect, onTestFinished, test } from 'vitest';
import { silentLogger, testDatabase, waitFor, type TestDatabase } from '#testing';
import { Listener } from './listener.ts';
import { withTransaction } from './transaction.ts';

function listening({ dataSource }: TestDatabase): { readonly heard: Record<'one' | 'two', number> } {
  const heard = { one: 0, two: 0 };
  const listener = new Listener({
    dataSource,
    channels: ['one', 'two'],
    logger: silentLogger(),
    onNotification: (channel) => {
      heard[channel] += 1;
    },
  });
  listener.start();
  onTestFinished(() => listener.stop());
  return { heard };
}

test('a listener receives committed notifications of its channels', async () => {
  const database = await testDatabase();
  const { heard } = listening(database);
  await waitFor(() => heard.one === 1 && heard.two === 1, { describe: 'the word that listening has begun' });

  const failing = withTransaction(database.dataSource, async (tx) => {
    await tx.query('notify one');
    throw new Error('changed our mind');
  });
  await expect(failing).rejects.toThrow('changed our mind');
  await database.dataSource.query('notify two');
  await waitFor(() => heard.two === 2, { describe: 'what was committed' });
  expect(heard.one).toBe(1);
});

test('a listener that lost its connection reconnects and reports that it may have missed some', async () => {
  const database = await testDatabase();
  const { heard } = listening(database);
  await waitFor(() => heard.one === 1, { describe: 'the word that listening has begun' });
  const [killed] = await database.dataSource.query<{ n: number }[]>(
    `select count(pg_terminate_backend(pid))::int as n from pg_stat_activity
     where datname = current_database() and application_name = 'test listening'`,
  );
  expect(killed?.n).toBe(1);
  await waitFor(() => heard.one === 2, { describe: 'a new connection' });
  await database.dataSource.query('notify one');
  await waitFor(() => heard.one === 3, { describe: 'what was told on it' });
});
