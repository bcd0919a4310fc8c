import { defineConfig } from 'vitest/config';

// Tests run the sources, not dist/: see "imports" in package.json.
const shared = { ssr: { resolve: { conditions: ['billing-source'] } } };
const globalSetup = ['libs/platform/testing/src/global-setup.ts'];

export default defineConfig({
  test: {
    // Integration tests wait for services most of the time, so each processor gets a worker.
    maxWorkers: '100%',
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          include: ['{apps,libs,test,scripts}/**/*.spec.ts'],
          exclude: ['**/*.int.spec.ts', '**/*.e2e.spec.ts', '**/node_modules/**'],
          // One process runs many files and loads each module once. Most files take less time than such a start.
          isolate: false,
          // Far more than any takes: a machine that does other work must not fail a test.
          testTimeout: 60_000,
        },
      },
      {
        ...shared,
        test: {
          name: 'integration',
          include: ['{apps,libs,migrations,test}/**/*.int.spec.ts'],
          globalSetup,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...shared,
        test: {
          name: 'e2e',
          include: ['test/{e2e,cases}/**/*.e2e.spec.ts'],
          globalSetup,
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
