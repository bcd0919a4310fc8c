import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { metricModules, ownMetrics } from './all-metrics.fixture.ts';
import { trackedFiles } from './tracked-files.ts';

const folder = join(import.meta.dirname, '..', '..', 'observability');

/** Metrics that are on no dashboard and in no alert, each with the reason. */
const UNSEEN: Readonly<Record<string, string>> = {};

test('every module that measures is known to these tests', () => {
  expect(trackedFiles('*.metrics.ts', '*/metrics.ts').toSorted()).toEqual(Object.keys(metricModules).toSorted());
});

test('metrics.md equals the registry (update: npx vitest run --project unit test/docs -u)', async () => {
  await expect(markdown()).toMatchFileSnapshot(join(folder, 'metrics.md'));
});

test('a metric is on the dashboard, in an alert, or excused', () => {
  const rules = parse(readFileSync(join(folder, 'prometheus', 'billing.rules.yml'), 'utf8')) as {
    groups: readonly { readonly rules: readonly { readonly expr: string }[] }[];
  };
  const dashboard = JSON.parse(readFileSync(join(folder, 'grafana', 'dashboards', 'billing.json'), 'utf8')) as {
    panels: readonly { readonly targets?: readonly { readonly expr: string }[] }[];
  };
  const expressions = [
    ...rules.groups.flatMap((group) => group.rules.map(({ expr }) => expr)),
    ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  ];
  const asked = new Set(expressions.flatMap((expression) => expression.match(/billing_[a-z0-9_]+/g) ?? []));
  const unseen = ownMetrics()
    .map(({ name }) => name)
    .filter((name) => ![name, `${name}_bucket`, `${name}_sum`, `${name}_count`].some((series) => asked.has(series)));
  expect(unseen).toEqual(Object.keys(UNSEEN));
});

function markdown(): string {
  const rows = ownMetrics().map(({ name, type, labels, help, module }) => {
    const owner = module.replace(/^(?:apps|libs)\/(?:platform\/|billing\/)?([^/]+)\/.*$/, '$1');
    return `| \`${name}\` | ${type} | ${labels.join(', ')} | ${help} | [${owner}](../${module}) |`;
  });
  return [
    '# Metrics',
    '',
    '> Generated from the modules in the last column: change these, then run',
    '> `npx vitest run --project unit test/docs/metrics.spec.ts -u`.',
    '',
    "Own metrics start with `billing_`; Node's default ones come with them. Labels never hold ids. What is known in advance",
    'starts at 0, so that the first error is a rise.',
    '',
    '| metric | type | labels | what it is | measured by |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
