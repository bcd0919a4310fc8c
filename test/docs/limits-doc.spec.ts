import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { limits, organizationLimits, routes, type LimitSpec, type RouteSpec } from '#contracts/http';

const page = fileURLToPath(new URL('../../docs/security.md', import.meta.url));
const BEGIN = '<!-- generated: limits -->\n';
const END = '<!-- end -->';

const NETWORK = 'network (/24, /48)';

const of = (value: number): string => value.toLocaleString('en');

function numberOf({ limit }: LimitSpec): string {
  if (limit.kind === 'rate') return `${of(limit.rate)} a ${limit.per}, ${of(limit.burst)} at once`;
  if (limit.kind === 'daily') return `${of(limit.max)} a day`;
  return of(limit.max);
}

function whereOf({ limit }: LimitSpec): string {
  if (limit.kind === 'rate') return limit.kept === 'memory' ? 'memory of each process' : 'PostgreSQL';
  return limit.kind === 'open' ? 'memory of each process' : 'PostgreSQL';
}

function rows(): readonly string[] {
  return Object.entries(limits).map(([name, spec]: [string, LimitSpec]) => {
    const { what, by, answer, instead } = spec;
    const told = answer === undefined ? (instead ?? '') : `${answer.status.toString()} \`${answer.code}\``;
    const own = name in organizationLimits.shape ? `\`${name}\`` : '–';
    return `| ${what} | ${by === 'network' ? NETWORK : by} | ${numberOf(spec)} | ${whereOf(spec)} | ${told} | ${own} |`;
  });
}

test('docs/security.md shows the limits as the code has them (vitest run … -u writes it anew)', async () => {
  const text = readFileSync(page, 'utf8');
  const [before = '', rest = ''] = text.split(BEGIN);
  const [, after = ''] = rest.split(END);
  const head = '| what | of each | at most | kept in | beyond it | name for an organization |';
  const table = [head, '|---|---|---|---|---|---|', ...rows()].join('\n');
  const written = `${before}${BEGIN}\n${table}\n\n${END}${after}`;
  const formatted = await format(written, { ...(await resolveConfig(page)), parser: 'markdown' });
  await expect(formatted).toMatchFileSnapshot(page);
});

test('every limit says what happens beyond it, and every code of one is documented by a route or by all', () => {
  const silent = Object.entries(limits).filter(
    ([, { answer, instead }]: [string, LimitSpec]) => answer === undefined && instead === undefined,
  );
  expect(silent).toEqual([]);
  const documented = new Set(
    Object.values(routes).flatMap((route: RouteSpec) => Object.values(route.refusals ?? {}).flat()),
  );
  const codes = Object.values(limits).flatMap((spec: LimitSpec) =>
    spec.answer === undefined ? [] : [spec.answer.code],
  );
  // RATE_LIMITED may be the answer of every route.
  expect(codes.filter((code) => code !== 'RATE_LIMITED' && !documented.has(code))).toEqual([]);
});

test('a rate of the database is named by a route, or is of signing in', () => {
  const named = new Set(Object.values(routes).flatMap((route: RouteSpec) => route.limit ?? []));
  const shared = Object.entries(limits).flatMap(([name, { limit }]: [string, LimitSpec]) =>
    limit.kind === 'rate' && limit.kept === 'database' ? [name] : [],
  );
  expect(shared.filter((name) => !name.startsWith('signIn')).toSorted()).toEqual([...named].toSorted());
});
