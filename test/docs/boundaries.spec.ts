import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'boundaries-'));

interface Violation {
  readonly rule: { readonly name: string };
  readonly from: string;
}

interface Planted {
  readonly file: string;
  readonly text: string;
}

/**
 * For each rule, code that breaks it: first in the plainest form, then in those that slipped through an earlier
 * version.
 */
const planted: Readonly<Record<string, readonly Planted[]>> = {
  'no-circular': [{ file: 'apps/notifier/src/one.ts', text: `import './two.ts';` }],
  'apps-are-islands': [{ file: 'apps/notifier/src/island.ts', text: `import '../../file-splitter/src/cut.ts';` }],
  'libs-never-import-apps': [
    { file: 'libs/billing/batches/src/app.ts', text: `import '../../../../apps/file-splitter/src/cut.ts';` },
  ],
  'platform-knows-nothing-above': [
    { file: 'libs/platform/database/src/above.ts', text: `import '#batches';` },
    { file: 'libs/platform/config/src/above.ts', text: `import '#boleto-page';` },
  ],
  'contracts-knows-nothing-above': [{ file: 'libs/contracts/src/above.ts', text: `import '#database';` }],
  'pure-knows-nothing-above': [{ file: 'libs/pure/money/src/above.ts', text: `import '#contracts';` }],
  'pure-libs-stay-pure': [{ file: 'libs/pure/money/src/impure.ts', text: `import 'node:fs';` }],
  'contracts-know-only-zod': [{ file: 'libs/contracts/src/files.ts', text: `import 'node:fs';` }],
  'one-door-per-lib': [
    { file: 'apps/notifier/src/door.ts', text: `import '../../../libs/platform/database/src/write-rows.ts';` },
    { file: 'test/side.spec.ts', text: `import '../libs/pure/money/src/centavos.ts';` },
    { file: 'migrations/0099-side.ts', text: `import '../libs/pure/money/src/centavos.ts';` },
  ],
  'one-door-between-libs': [
    { file: 'libs/billing/batches/src/door.ts', text: `import '../../../platform/database/src/write-rows.ts';` },
  ],
  'amqplib-lives-in-broker': [{ file: 'apps/notifier/src/broker.ts', text: `import 'amqplib';` }],
  'pg-lives-in-database': [{ file: 'apps/upload-api/src/pool.ts', text: `import pg from 'pg'; export const p = pg;` }],
  'pdfkit-lives-in-boleto-page': [{ file: 'apps/notifier/src/page.ts', text: `import 'pdfkit';` }],
  'nodemailer-lives-in-notifier': [{ file: 'libs/platform/http/src/mail.ts', text: `import 'nodemailer';` }],
  'aws-sdk-lives-in-storage': [{ file: 'apps/notifier/src/bucket.ts', text: `import '@aws-sdk/client-s3';` }],
  'express-lives-in-http': [{ file: 'apps/upload-api/src/server.ts', text: `import '@nestjs/platform-express';` }],
  'broker-is-out-of-reach': [{ file: 'apps/upload-api/src/main.ts', text: `import './mid.ts';` }],
  'callers-go-through-tenancy': [{ file: 'apps/billing-api/src/own.ts', text: `import 'typeorm';` }],
  'only-database-knows-migrations': [
    { file: 'apps/notifier/src/migration.ts', text: `import '../../../migrations/index.ts';` },
  ],
  'no-dev-packages-in-production': [{ file: 'apps/notifier/src/random.ts', text: `import 'fast-check';` }],
  'test-helpers-stay-in-tests': [
    { file: 'apps/notifier/src/helped.ts', text: `import '#testing';` },
    { file: 'apps/notifier/src/fixed.ts', text: `import './letters.fixture.ts';` },
  ],
  'no-undeclared-packages': [{ file: 'apps/notifier/src/undeclared.ts', text: `import 'acorn';` }],
  'no-unresolved-imports': [{ file: 'apps/notifier/src/lost.ts', text: `import './nowhere.ts';` }],
};

/** Files that the planted files import. */
const scaffolding: readonly Planted[] = [
  { file: 'apps/notifier/src/letters.fixture.ts', text: 'export const letters = 1;' },
  { file: 'apps/notifier/src/two.ts', text: `import './one.ts';` },
  { file: 'apps/file-splitter/src/cut.ts', text: 'export const cut = 1;' },
  { file: 'apps/upload-api/src/mid.ts', text: `import '#broker';` },
  { file: 'libs/platform/broker/src/index.ts', text: `import 'amqplib';` },
  { file: 'libs/platform/database/src/index.ts', text: `export const database = 1;` },
  { file: 'libs/platform/database/src/write-rows.ts', text: `export const writeRows = 1;` },
  { file: 'libs/platform/testing/src/index.ts', text: `export const testing = 1;` },
  { file: 'libs/billing/batches/src/index.ts', text: `export const batches = 1;` },
  { file: 'libs/billing/boleto-page/src/index.ts', text: `export const page = 1;` },
  { file: 'libs/contracts/src/index.ts', text: `export const contracts = 1;` },
  { file: 'libs/pure/money/src/index.ts', text: `export const money = 1;` },
  { file: 'libs/pure/money/src/centavos.ts', text: `export const centavos = 1;` },
  { file: 'migrations/index.ts', text: `export const migrations = 1;` },
];

let violations: readonly Violation[] = [];

beforeAll(() => {
  for (const file of ['.dependency-cruiser.cjs', 'package.json', 'tsconfig.json']) {
    cpSync(join(root, file), join(folder, file));
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const { file, text } of [...scaffolding, ...Object.values(planted).flat()]) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `${text}\n`);
  }
  const { stdout, stderr } = spawnSync(
    join(root, 'node_modules', '.bin', 'depcruise'),
    ['apps', 'libs', 'migrations', 'test', '--output-type', 'json'],
    { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  if (stderr !== '') throw new Error(stderr);
  ({
    summary: { violations },
  } = JSON.parse(stdout) as { summary: { violations: readonly Violation[] } });
}, 60_000);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('boundaries', () => {
  test.each(Object.entries(planted).flatMap(([rule, files]) => files.map(({ file, text }) => [rule, file, text])))(
    '%s catches %s with %s',
    (rule, file) => {
      const caught = violations.filter(({ from }) => from === file).map((each) => each.rule.name);
      expect(caught).toContain(rule);
    },
  );

  test('every rule has a planted violation', () => {
    const config = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs')) as {
      forbidden: readonly { readonly name: string }[];
    };
    expect(Object.keys(planted).toSorted()).toEqual(config.forbidden.map(({ name }) => name).toSorted());
  });
});
