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

test('every package is held by a hash and comes from one registry (F13)', () => {
  const loose = entries.flatMap(([path, { integrity = '', optional, dev }]) =>
    integrity.startsWith('sha512-') || (optional === true && dev === true) ? [] : [path],
  );
  const places = new Set(
    entries.flatMap(([, { resolved }]) => (resolved === undefined ? [] : [new URL(resolved).host])),
  );

  expect(loose).toEqual([]);
  expect(places.size).toBeLessThanOrEqual(1);
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
