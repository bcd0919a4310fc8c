import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectFolder } from './paths.mjs';

interface Locked {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

// `npm install` leaves out the binaries of other platforms when it cannot see them; `npm ci` then refuses the file.
test('package-lock.json names the binaries of every platform', () => {
  const text = readFileSync(join(projectFolder, 'package-lock.json'), 'utf8');
  const { packages } = JSON.parse(text) as { packages: Readonly<Record<string, Locked>> };
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) =>
        packages[`${path}/node_modules/${name}`] === undefined && packages[`node_modules/${name}`] === undefined,
    ),
  );
  expect(missing).toEqual([]);
});
