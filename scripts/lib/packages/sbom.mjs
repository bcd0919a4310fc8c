/**
 * The parts of a lock file that are read here.
 * @typedef {{ version?: string, dev?: boolean, devOptional?: boolean, optional?: boolean }} LockedPackage
 * @typedef {{ packages: Record<string, LockedPackage> }} LockFile
 */

/**
 * The parts of a CycloneDX document that are read here. A package that stands in the folder of another is its part.
 * @typedef {{ group?: string, name: string, version?: string, components?: readonly Component[] }} Component
 * @typedef {{ components: readonly Component[] }} Bom
 */

const FOLDER = 'node_modules/';

/**
 * Every package that the image holds for sure, as name@version. A native binding of another system is optional.
 * @param {LockFile} lock
 * @returns {readonly string[]}
 */
export function imagePackages({ packages }) {
  const names = Object.entries(packages)
    .filter(([path, each]) => path !== '' && !each.dev && !each.devOptional && !each.optional)
    .map(([path, { version = '' }]) => `${path.slice(path.lastIndexOf(FOLDER) + FOLDER.length)}@${version}`);
  return [...new Set(names)].toSorted();
}

/**
 * Every package that the document names, as name@version.
 * @param {Bom | Component} part
 * @returns {readonly string[]}
 */
export function namedIn({ components = [] }) {
  return components.flatMap((each) => [
    `${each.group === undefined || each.group === '' ? '' : `${each.group}/`}${each.name}@${each.version ?? ''}`,
    ...namedIn(each),
  ]);
}

/**
 * The packages that the document does not name.
 * @param {Bom} bom
 * @param {readonly string[]} packages
 */
export function missingIn(bom, packages) {
  const named = new Set(namedIn(bom));
  return packages.filter((each) => !named.has(each));
}
