// The architecture, enforced: docs/architecture.md explains each rule.
const spec = '\\.(?:spec|fixture)\\.ts$';
/** The layers, from the top: a lib imports its own layer and those below it. */
const layers = ['billing', 'platform', 'contracts', 'pure'];
/** What a lib may be entered by: `#http/server` is the part without Nest, `#contracts/http` the part for browsers. */
const doors = '(?:index|server|http/index)\\.ts$';
const lib = '^libs/(contracts|[^/]+/[^/]+)/';

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
    ...layers.slice(1).map((layer, at) => ({
      name: `${layer}-knows-nothing-above`,
      severity: 'error',
      from: { path: `^libs/${layer}/`, pathNot: `${spec}|^libs/platform/testing/` },
      to: { path: `^libs/(?:${layers.slice(0, at + 1).join('|')})/` },
    })),
    {
      name: 'pure-libs-stay-pure',
      severity: 'error',
      from: { path: '^libs/pure/', pathNot: spec },
      to: { pathNot: '^libs/pure/' },
    },
    {
      name: 'contracts-know-only-zod',
      severity: 'error',
      from: { path: '^libs/contracts/', pathNot: spec },
      to: { pathNot: '^libs/(?:contracts|pure)/|node_modules/zod/' },
    },
    {
      name: 'one-door-per-lib',
      severity: 'error',
      from: { pathNot: '^libs/' },
      to: { path: `${lib}src/(?!${doors})` },
    },
    {
      name: 'one-door-between-libs',
      severity: 'error',
      from: { path: lib },
      to: { path: `${lib}src/(?!${doors})`, pathNot: '^libs/$1/' },
    },
    {
      name: 'amqplib-lives-in-broker',
      severity: 'error',
      from: { pathNot: '^(?:libs/platform/(?:broker|testing)|scripts|test)/' },
      to: { path: 'node_modules/amqplib/' },
    },
    {
      name: 'test-helpers-stay-in-tests',
      severity: 'error',
      from: { pathNot: `${spec}|^libs/platform/testing/|^test/` },
      to: { path: '^libs/platform/testing/' },
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
