// The architecture, enforced: docs/architecture.md explains each rule.
const spec = '\\.(?:spec|fixture)\\.ts$';
const fixture = '\\.fixture\\.ts$';
/** The layers, from the top: a lib imports its own layer and those below it. */
const layers = ['billing', 'platform', 'contracts', 'pure'];
/** Code that the image runs. */
const production = '^(?:apps|libs|migrations)/';
/** Packages that one place knows, so that a change of theirs is a change there. */
/** @type {Record<string, { packages: string, home: string, types?: boolean }>} */
const homes = {
  'amqplib-lives-in-broker': { packages: 'amqplib', home: '^libs/platform/broker/' },
  'pg-lives-in-database': { packages: 'pg', home: '^libs/platform/database/' },
  'pdfkit-lives-in-boleto-page': { packages: 'pdfkit', home: '^libs/billing/boleto-page/' },
  'nodemailer-lives-in-notifier': { packages: 'nodemailer', home: '^apps/notifier/' },
  'aws-sdk-lives-in-storage': { packages: '@aws-sdk', home: '^libs/platform/storage/' },
  'express-lives-in-http': {
    packages: 'express|@nestjs/platform-express',
    home: '^libs/platform/http/',
    types: true,
  },
};
/** The doors of a lib: `#http/server` is the part without Nest, `#contracts/http` the part for browsers. */
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
      // The tests and the benches outside share the fixtures of a lib's own specs.
      name: 'one-door-per-lib',
      severity: 'error',
      from: { pathNot: '^libs/' },
      to: { path: `${lib}src/(?!${doors})`, pathNot: fixture },
    },
    {
      name: 'one-door-between-libs',
      severity: 'error',
      from: { path: lib },
      to: { path: `${lib}src/(?!${doors})`, pathNot: '^libs/$1/' },
    },
    ...Object.entries(homes).map(([name, { home, packages, types = false }]) => ({
      name,
      severity: 'error',
      from: { path: production, pathNot: `${spec}|^libs/platform/testing/|${home}` },
      to: {
        path: `node_modules/(?:@types/)?(?:${packages})/`,
        ...(types ? { dependencyTypesNot: ['type-only'] } : {}),
      },
    })),
    {
      // An HTTP app stays ready while the broker is away, and migrate runs before there is one.
      name: 'broker-is-out-of-reach',
      severity: 'error',
      from: { path: '^apps/(?:[^/]*-api|gateway|migrate)/src/main\\.ts$' },
      to: { path: 'node_modules/amqplib/', reachable: true },
    },
    {
      // A module that acts for a caller reaches the database through Tenancy (test/tenancy/boundaries.spec.ts).
      name: 'callers-go-through-tenancy',
      severity: 'error',
      from: { path: '^apps/(?:upload-api|billing-api)/src/', pathNot: `${spec}|/main\\.ts$|\\.module\\.ts$` },
      to: { path: 'node_modules/(?:@types/)?(?:typeorm|pg)/' },
    },
    {
      name: 'only-database-knows-migrations',
      severity: 'error',
      from: { path: production, pathNot: `${spec}|^(?:migrations|libs/platform/database)/` },
      to: { path: '^migrations/' },
    },
    {
      // The image is built without them.
      name: 'no-dev-packages-in-production',
      severity: 'error',
      from: { path: production, pathNot: `${spec}|^libs/platform/testing/` },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'test-helpers-stay-in-tests',
      severity: 'error',
      from: { pathNot: `${spec}|^libs/platform/testing/|^test/` },
      to: { path: `^libs/platform/testing/|${fixture}` },
    },
    {
      name: 'no-undeclared-packages',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    // Benches run the build, which a fresh clone does not have yet.
    {
      name: 'no-unresolved-imports',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '/dist/(?:apps|libs)/' },
    },
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
