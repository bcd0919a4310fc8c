import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { Run } from '../../scripts/lib/run/run.mjs';
import { faults } from '../chaos/faults.ts';
import { runSuite } from '../chaos/suite.ts';

/** Faults that do not touch the servers, because these tests share them; the others run in `npm run chaos`. */
const SHORT = ['before-commit', 'mid-upload'];

/** Crashes at each point: one for each hundred rows. */
const CRASHES = 3;
const ROWS = 300;

let run: Run;

/** Refuses what no fault of these tests may do. */
function shared(): never {
  throw new Error('the servers are shared with other tests');
}

beforeAll(() => {
  run = new Run();
});

afterAll(async () => {
  await run.stop();
});

test('crashes at named points leave the state of a run without faults', async () => {
  const { databaseUrl, rabbitmqUrl, rabbitmqManagementUrl } = inject('services');
  const results = await runSuite({
    services: {
      postgres: { url: databaseUrl, stop: shared, start: shared },
      rabbitmq: {
        url: rabbitmqUrl,
        managementUrl: rabbitmqManagementUrl,
        monitorUrl: rabbitmqManagementUrl,
        prometheusUrl: '',
        kill: shared,
        start: shared,
        control: shared,
      },
    },
    run,
    seed: 1,
    rows: ROWS,
    faults: faults.filter(({ name }) => SHORT.includes(name)),
  });
  expect(results.map(({ fault }) => fault)).toEqual(['none', ...SHORT]);
  for (const { fault, violations, injected, hash, expectedHash } of results) {
    expect({ fault, violations }).toEqual({ fault, violations: [] });
    expect(hash).toBe(expectedHash);
    expect(injected).toBeGreaterThanOrEqual(fault === 'none' ? 0 : CRASHES);
  }
});
