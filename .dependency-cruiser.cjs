// The architecture, enforced: docs/architecture.md explains each rule.
const pure = '^libs/(money|calendar|br-documents|boleto|pix|ingest)/src';
const spec = '\\.(?:spec|fixture)\\.ts$';

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'apps-are-islands',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/([^/]+)/', pathNot: '^apps/$1/' },
    },
    { name: 'libs-never-import-apps', severity: 'error', from: { path: '^libs/' }, to: { path: '^apps/' } },
    {
      name: 'pure-libs-stay-pure',
      severity: 'error',
      from: { path: pure, pathNot: spec },
      to: { pathNot: pure },
    },
    {
      name: 'contracts-know-only-zod',
      severity: 'error',
      from: { path: '^libs/contracts/src', pathNot: spec },
      to: { pathNot: '^libs/contracts/src|node_modules/zod' },
    },
    {
      name: 'one-door-per-lib',
      severity: 'error',
      from: { path: '^(?:apps|libs|test|migrations)/([^/]+)/' },
      to: { path: '^libs/([^/]+)/src/(?!index\\.ts$)', pathNot: '^libs/$1/' },
    },
    {
      name: 'amqplib-lives-in-messaging',
      severity: 'error',
      from: { pathNot: '^libs/(messaging|testing)/' },
      to: { path: 'node_modules/amqplib/' },
    },
    {
      name: 'test-helpers-stay-in-tests',
      severity: 'error',
      from: { pathNot: `${spec}|^libs/testing/|^test/` },
      to: { path: '^libs/testing/' },
    },
    {
      name: 'no-undeclared-packages',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    { name: 'no-unresolved-imports', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['billing-source', 'import', 'node', 'default'],
    },
  },
};
