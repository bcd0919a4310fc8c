import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const docs = join(import.meta.dirname, '..', '..', 'docs');
const text = readFileSync(join(docs, 'first-hour.md'), 'utf8');

interface Step {
  readonly name: string;
  readonly file: string;
}

/** Every `name` that is followed by a link to the file that holds it. */
function stepsIn(page: string): readonly Step[] {
  return Array.from(page.matchAll(/`(\w+)`\s+\(\[[^\]]+\]\(([^)#\s]+)\)\)/g), ([, name = '', file = '']) => ({
    name,
    file,
  }));
}

/** True if the text declares the name: a function, a class, a constant, or a constraint of the schema. */
function declares(source: string, name: string): boolean {
  return new RegExp(String.raw`\b(?:function|class|const|constraint)\s+${name}\b`, 'i').test(source);
}

test('every file on the way of a row exists and declares what the page names', () => {
  const steps = stepsIn(text);
  expect(steps.length).toBeGreaterThan(20);

  const wrong = steps.filter(({ name, file }) => {
    const path = join(docs, file);
    return !existsSync(path) || !declares(readFileSync(path, 'utf8'), name);
  });
  expect(wrong).toEqual([]);
});

test('every link to a source file names what to look for in it', () => {
  const links = Array.from(text.matchAll(/\]\((\.\.\/[^)#\s]+)\)/g), ([, file = '']) => file);
  expect(links.filter((file) => !stepsIn(text).some((step) => step.file === file))).toEqual([]);
});

test('a name that its file does not declare is found', () => {
  const [step] = stepsIn('`settle` ([settlement.ts](../libs/x.ts))');
  expect(step).toEqual({ name: 'settle', file: '../libs/x.ts' });
  expect(declares('export function settle(', 'settle')).toBe(true);
  expect(declares('export function settled(', 'settle')).toBe(false);
  expect(declares('return settle(outcome);', 'settle')).toBe(false);
});
