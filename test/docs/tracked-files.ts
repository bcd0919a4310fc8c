import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** Paths of the repository's files that match one of git's patterns, also new ones that are not ignored. */
export function trackedFiles(...patterns: readonly string[]): readonly string[] {
  const { stdout } = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...patterns], {
    cwd: root,
    encoding: 'utf8',
  });
  return stdout.split('\n').filter((file) => file !== '');
}

/** The text of a file by its path in the repository. */
export function textOf(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
