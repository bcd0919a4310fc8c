import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectFolder } from './paths.mjs';

interface Locked {
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const read = (name: string) => readFileSync(join(projectFolder, name), 'utf8');
const { packages: locked } = JSON.parse(read('package-lock.json')) as { packages: Readonly<Record<string, Locked>> };
const entries = Object.entries(locked).filter(([path]) => path !== '');

test('no package runs an install script, and a new one with a script is reported (F13)', () => {
  expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m);
  const image = read('Dockerfile');
  expect(image.indexOf('.npmrc')).toBeGreaterThan(0);
  expect(image.indexOf('.npmrc')).toBeLessThan(image.indexOf('npm ci'));

  const wanting = entries.flatMap(([path, { hasInstallScript }]) => (hasInstallScript === true ? [path] : []));
  // @scarf/scarf reports each installation to a third party, and core-js, which redoc needs, prints a request for
  // donations. Both are allowed as long as their scripts do not run.
  expect(wanting).toEqual(['node_modules/@scarf/scarf', 'node_modules/core-js']);
});

/** Reports entries without a strong hash, and entries from another place than the registry of this machine. */
function looseEntries(packages: readonly (readonly [string, Locked])[], registry: string): readonly string[] {
  return packages.flatMap(([path, { integrity = '', optional, dev, resolved }]) => [
    ...(/^sha512-[\w+/]{86}==$/.test(integrity) || (integrity === '' && optional === true && dev === true)
      ? []
      : [`${path} has no SHA-512`]),
    ...(resolved === undefined || resolved.startsWith(registry) ? [] : [`${path} is not from the registry`]),
  ]);
}

const REGISTRY = execFileSync('npm', ['config', 'get', 'registry'], { cwd: projectFolder, encoding: 'utf8' }).trim();

// The binaries of other platforms have no hash: npm saw only their names, and `npm ci` never installs them here.
test('every package is held by a SHA-512 and comes from the registry of this machine (F13)', () => {
  expect(REGISTRY).toMatch(/^https?:\/\/.+\/$/);
  expect(looseEntries(entries, REGISTRY)).toEqual([]);
});

test.each([
  ['a package without a hash', {}],
  ['a package with a weak hash', { integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }],
  ['a binary with a weak hash', { integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=', optional: true, dev: true }],
  ['a package from elsewhere', { integrity: `sha512-${'A'.repeat(86)}==`, resolved: 'https://evil.example/x.tgz' }],
  ['a package from a repository', { integrity: `sha512-${'A'.repeat(86)}==`, resolved: 'git+ssh://evil.example/x' }],
])('%s is reported', (_, planted) => {
  expect(looseEntries([['node_modules/planted', planted]], REGISTRY)).toHaveLength(1);
});

// `npm install` leaves out the binaries of other platforms when it cannot see them; `npm ci` then refuses the file.
test('package-lock.json names the binaries of every platform', () => {
  const missing = Object.entries(locked).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => locked[`${path}/node_modules/${name}`] === undefined && locked[`node_modules/${name}`] === undefined,
    ),
  );
  expect(missing).toEqual([]);
});
