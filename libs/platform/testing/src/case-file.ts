import { existsSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../../../../../shared/cases/', import.meta.url);

/** A file of ../shared/cases; undefined in a clone without them. */
export function caseFile(name: string): string | undefined {
  const file = new URL(name, FOLDER);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
