import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const SKIPPED = new Set(['node_modules', 'dist', 'dist-tools', 'coverage']);

function markdownIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) || entry.name.startsWith('.') ? [] : markdownIn(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

const pages = markdownIn(root).map((path) => ({ path, name: relative(root, path), text: readFileSync(path, 'utf8') }));

/** GitHub's anchors of the headings of a page. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = Array.from(withoutFences(text).matchAll(/^#{1,6} +(.+)$/gm), ([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** Removes the text between ``` and ```, which is not Markdown. */
function withoutFences(text: string): string {
  return text.replaceAll(/^ *```[^]*?^ *```/gm, '');
}

function linksIn(text: string): readonly string[] {
  const targets = [...withoutFences(text).matchAll(/\]\(([^)\s]+)\)/g), ...text.matchAll(/<img src="([^"]+)"/g)];
  return targets.map(([, target = '']) => target).filter((target) => !/^[a-z]+:/.test(target));
}

describe('the documentation', () => {
  test('every relative link leads to a file, and to a heading of it', () => {
    const links = pages.flatMap(({ path, name, text }) => linksIn(text).map((target) => ({ path, name, target })));
    expect(links.length).toBeGreaterThan(50);

    const broken = links.filter(({ path, target }) => {
      const [file = '', anchor] = target.split('#');
      const found = file === '' ? path : join(dirname(path), file);
      if (!existsSync(found)) return true;
      return anchor !== undefined && !anchorsOf(readFileSync(found, 'utf8')).has(anchor);
    });
    expect(broken.map(({ name, target }) => `${name} → ${target}`)).toEqual([]);
  });

  test('every npm script that is named exists', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Readonly<Record<string, string>>;
    };
    const named = pages.flatMap(({ name, text }) =>
      Array.from(text.matchAll(/\bnpm (?:run ([a-z][a-z:-]*)|(start|test)\b)/g), ([, run, direct]) => ({
        name,
        script: run ?? direct ?? '',
      })),
    );
    expect(named.length).toBeGreaterThan(10);

    expect(named.filter(({ script }) => scripts[script] === undefined)).toEqual([]);
  });

  test('every path of the repository that is named exists', () => {
    const named = pages.flatMap(({ name, text }) =>
      Array.from(
        text.matchAll(/(?<![\w./-])((?:apps|libs|migrations|scripts|test|docs|observability|\.ci)\/[\w./-]*[\w/])/g),
        ([, path = '']) => ({ name, path }),
      ),
    );
    // Leaves out `migrations/000N-…`; the pattern leaves out links, which another test checks.
    const wanted = named.filter(({ path }) => !path.includes('000N'));
    expect(wanted.length).toBeGreaterThan(30);

    expect(wanted.filter(({ path }) => !existsSync(join(root, path)))).toEqual([]);
  });

  test('every decision has a unique number, a context, a decision and consequences', () => {
    const decisions = pages.filter(({ name }) => name.startsWith('docs/adr/') && !name.endsWith('/README.md'));
    const numbers = decisions.map(({ name }) => /\/(\d{4})-[a-z0-9-]+\.md$/.exec(name)?.[1]);

    const wanted = Array.from({ length: decisions.length }, (_, index) => (index + 1).toString().padStart(4, '0'));
    expect(new Set(numbers)).toEqual(new Set(wanted));
    for (const { name, text } of decisions) {
      const headings = Array.from(text.matchAll(/^## (.+)$/gm), ([, heading]) => heading);
      expect([name, headings]).toEqual([name, ['Context', 'Decision', 'Consequences']]);
    }
  });
});
