import { setImmediate as turn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { silentLogger, waitFor } from '#testing';
import type { Principal } from '../principal.ts';
import { testCaller } from '../test-tenant.fixture.ts';
import { CallerWatch } from './caller-watch.ts';
import type { GuardedRequest } from './find-caller.ts';

const ROUTE = 'GET /v1/batches/{id}/events';
const ISSUER = '00000000-0000-4000-8000-0000000000c1';

/** A watch whose callers are as `now` says, and the number of its looks. */
function watchOf(now: (request: GuardedRequest) => Principal | undefined) {
  const looks: GuardedRequest[] = [];
  const watch = new CallerWatch({
    find: async (request) => {
      looks.push(request);
      await turn();
      return now(request);
    },
    logger: silentLogger(),
    everyMs: 1,
  });
  watch.onModuleInit();
  onTestFinished(() => watch.onApplicationShutdown());
  const ended: string[] = [];
  const leave = new Map<string, () => void>();
  const open = (name: string, principal: Principal, ip = '192.0.2.1'): void => {
    const end = (): void => {
      ended.push(name);
      leave.get(name)?.();
    };
    leave.set(name, watch.begin({ request: { headers: {}, ip }, route: ROUTE, principal, end }));
  };
  return { looks, ended, open, leave };
}

const rounds = async (looks: readonly unknown[], more: number): Promise<void> => {
  const enough = looks.length + more;
  await waitFor(() => looks.length >= enough, { describe: 'more looks' });
};

test('answers of one caller share its look, and all end with it', async () => {
  const caller = testCaller();
  let isGone = false;
  const { looks, ended, open } = watchOf(() => (isGone ? undefined : caller));
  for (const name of ['a', 'b', 'c']) open(name, caller);

  await rounds(looks, 2);
  expect(new Set(looks)).toEqual(new Set([looks[0]]));
  expect(ended).toEqual([]);
  isGone = true;
  await waitFor(() => ended.length === 3, { describe: 'all to end' });

  const after = looks.length;
  await turn();
  expect([ended.toSorted(), looks.length]).toEqual([['a', 'b', 'c'], after]);
});

test('a key is looked up for each address that it calls from, because its networks decide', async () => {
  const caller = testCaller();
  const { looks, ended, open } = watchOf(({ ip }) => (ip === '192.0.2.1' ? caller : undefined));
  open('home', caller);
  open('away', caller, '198.51.100.1');

  await waitFor(() => ended.length > 0, { describe: 'the end of one' });
  await rounds(looks, 2);
  expect(ended).toEqual(['away']);
});

test.each([
  ['without the permission of the route', { permissions: new Set(['stages:read'] as const) }],
  ['of fewer issuers', { issuerIds: [ISSUER] }],
  ['of another organization', { organizationId: ISSUER }],
])('a caller that is now %s is not the one that was let in', async (_, change) => {
  const caller = testCaller();
  const { ended, open } = watchOf(() => ({ ...caller, ...change }));
  open('a', caller);

  await waitFor(() => ended.length > 0, { describe: 'the end' });
});

test('a caller is not looked up any more when its last answer has ended by itself', async () => {
  const [caller, other] = [testCaller(), testCaller()];
  const { looks, ended, open, leave } = watchOf(({ ip }) => (ip === 'other' ? other : caller));
  open('a', caller);
  open('b', other, 'other');
  await rounds(looks, 4);

  leave.get('a')?.();
  await rounds(looks, 2);
  expect(looks.slice(-2).map(({ ip }) => ip)).toEqual(['other', 'other']);
  expect(ended).toEqual([]);
});

test('a look that fails ends nothing, and is tried again', async () => {
  const caller = testCaller();
  let isAway = true;
  const { looks, ended, open } = watchOf(() => {
    if (isAway) throw new Error('the database is away');
    return undefined;
  });
  open('a', caller);

  await rounds(looks, 3);
  expect(ended).toEqual([]);
  isAway = false;
  await waitFor(() => ended.length > 0, { describe: 'the end' });
});
