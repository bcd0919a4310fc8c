import { expect, test } from 'vitest';
import { testDatabase } from '#testing';
import { PublisherBlock } from './publisher-block.ts';

test('a blocked relay says so for as long as it lasts, and an unblocked one writes nothing', async () => {
  const { dataSource } = await testDatabase();
  const blocks = async (): Promise<readonly { readonly blocked_at: Date; readonly seen_at: Date }[]> =>
    await dataSource.query('select blocked_at, seen_at from publisher_blocks order by blocked_at');
  const one = new PublisherBlock(dataSource);
  const other = new PublisherBlock(dataSource);
  await one.tell(false);
  expect(await blocks()).toEqual([]);

  await one.tell(true);
  const [first] = await blocks();
  await one.tell(true);
  const [again] = await blocks();
  expect(again?.blocked_at).toEqual(first?.blocked_at);
  expect(again?.seen_at.getTime()).toBeGreaterThan(first?.seen_at.getTime() ?? 0);

  await other.tell(true);
  expect(await blocks()).toHaveLength(2);
  await one.tell(false);
  expect(await blocks()).toHaveLength(1);
  await other.tell(false);
  expect(await blocks()).toEqual([]);
});

test('what a relay said that died while it was blocked is forgotten', async () => {
  const { dataSource } = await testDatabase();
  await dataSource.query(
    `insert into publisher_blocks (relay, blocked_at, seen_at)
     values (gen_random_uuid(), now() - interval '3 hours', now() - interval '2 hours')`,
  );
  const relay = new PublisherBlock(dataSource);
  await relay.tell(true);
  await relay.tell(false);
  expect(await dataSource.query('select 1 from publisher_blocks')).toEqual([]);
});
