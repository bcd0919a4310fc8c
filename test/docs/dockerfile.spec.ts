import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const dockerfile = read('Dockerfile');
const stages = dockerfile.split(/^FROM /m).slice(1);
const finalStage = stages.at(-1) ?? '';

interface Rule {
  readonly pattern: RegExp;
  readonly shows: boolean;
}

/**
 * https://docs.docker.com/build/concepts/context/#dockerignore-files: the last rule that matches the path or a folder
 * above it.
 */
function rules(text: string): readonly Rule[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const shows = line.startsWith('!');
      const glob = shows ? line.slice(1) : line;
      const pattern = glob
        .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
        .replaceAll('**/', '\u0000')
        .replaceAll('*', '[^/]*')
        .replaceAll('\u0000', '(?:.*/)?');
      return { shows, pattern: new RegExp(`^${pattern}(?:/|$)`) };
    });
}

function isSent(path: string, all: readonly Rule[]): boolean {
  return all.reduce((sent, { pattern, shows }) => (pattern.test(path) ? shows : sent), true);
}

/** The paths that the Dockerfile copies from the checkout, not from another stage. */
const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+)$/gm)].flatMap(([, rest = '']) =>
  rest.split(' ').slice(0, -1),
);
const ignore = rules(read('.dockerignore'));

describe('the image', () => {
  test.each(copied)('%s is there to be copied, and .dockerignore lets it through', (path) => {
    expect(existsSync(join(root, path))).toBe(true);
    expect(isSent(path, ignore)).toBe(true);
  });

  test('everything that the build compiles from is copied', () => {
    const { extends: base } = JSON.parse(read('tsconfig.build.json')) as { extends: string };
    expect(copied).toEqual(expect.arrayContaining(['tsconfig.build.json', base.replace('./', ''), 'package.json']));
  });

  test('no test, secret, or build of this machine is sent to the engine', () => {
    const kept = [
      '.env',
      'apps/notifier/.env',
      'apps/notifier/src/smtp/mime.spec.ts',
      'node_modules/pg',
      'libs/pg/node_modules',
    ];
    expect([...kept, 'dist', '.git', 'libs/platform/testing', '.local'].filter((path) => isSent(path, ignore))).toEqual(
      [],
    );
    for (const app of readdirSync(join(root, 'apps'))) expect(isSent(`apps/${app}/src/main.ts`, ignore)).toBe(true);
  });

  test('no install script of a package runs, and the image holds no Node.js of a package', () => {
    expect(dockerfile.match(/npm ci.*/g)).toEqual(['npm ci --omit=optional']);
    expect(copied).toContain('.npmrc');
    expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m);
    expect(dockerfile).toContain('npm prune --omit=dev --omit=optional');
    expect(finalStage).not.toMatch(/\bRUN npm\b/);
  });
});
