import { existsSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../../../../../shared/cases/', import.meta.url);

/** The text of a file in ../shared/cases; undefined in a clone without that folder. */
export function caseFile(name: string): string | undefined {
  const file = new URL(name, FOLDER);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
