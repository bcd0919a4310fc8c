import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { httpEnvironment, identityEnvironment, mailEnvironment, workerEnvironment } from '#config';
import { brokerUsers } from '#contracts';

const root = join(import.meta.dirname, '..', '..');

interface Service {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly restart?: string;
  readonly ports?: readonly string[];
  readonly profiles?: readonly string[];
  readonly volumes?: readonly string[];
  readonly hostname?: string;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly init?: boolean;
  readonly cap_drop?: readonly string[];
  readonly stop_grace_period?: string;
}

interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

const text = read('docker-compose.yml');
const compose = parse(text, { merge: true }) as ComposeFile;
const services = Object.entries(compose.services);
/** Apps that a person runs by hand: they have no container and no log to collect. */
const commandLineTools = new Set(['boleto-cli']);
const apps = readdirSync(join(root, 'apps'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .filter((name) => !commandLineTools.has(name));
const oneShots = new Set(['migrate', 'elasticsearch-setup', 'kibana-setup']);

/** Apps that stay; `migrate` runs once before them. */
const longRunning = apps.filter((app) => !oneShots.has(app));

function service(name: string): Service {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
}

/** `${NAME:-default}` → NAME, for every variable of the file; `$$NAME` belongs to the container. */
function variablesOf(content: string): readonly string[] {
  return Array.from(content.matchAll(/(?<!\$)\$\{([A-Z0-9_]+)/g), ([, name]) => name ?? '');
}

/** Names in .env.example, commented out or not, with the comment line above each. */
function documentedVariables(): ReadonlyMap<string, string> {
  const lines = read('.env.example').split('\n');
  return new Map(
    lines.flatMap((line, index): [string, string][] => {
      const name = /^(?:# )?([A-Z][A-Z0-9_]*)=/.exec(line)?.[1];
      return name === undefined ? [] : [[name, lines[index - 1] ?? '']];
    }),
  );
}

/** Variables that the apps' own config.ts files name beside the shared groups. */
function variablesOfApps(): readonly string[] {
  const own = apps.flatMap((app) => {
    const files = readdirSync(join(root, 'apps', app, 'src')).filter((file) => file === 'config.ts');
    return files.flatMap((file) =>
      Array.from(read(`apps/${app}/src/${file}`).matchAll(/^\s+([A-Z][A-Z0-9_]+):/gm), ([, name]) => name ?? ''),
    );
  });
  return [
    ...own,
    ...Object.keys({ ...workerEnvironment, ...httpEnvironment, ...identityEnvironment, ...mailEnvironment }),
  ];
}

describe('docker-compose.yml', () => {
  test('has every app, and starts it by its own entry point', () => {
    expect(longRunning.length).toBeGreaterThan(0);
    for (const app of apps) expect(service(app).command).toEqual(['node', `dist/apps/${app}/src/main.js`]);
  });

  test('starts no app before the database and the broker are healthy and the schema is there', () => {
    expect(service('gateway').depends_on).toEqual({
      'upload-api': { condition: 'service_healthy' },
      'billing-api': { condition: 'service_healthy' },
    });
    for (const app of longRunning.filter((name) => name !== 'gateway')) {
      expect(service(app).depends_on).toMatchObject({
        postgres: { condition: 'service_healthy' },
        rabbitmq: { condition: 'service_healthy' },
        migrate: { condition: 'service_completed_successfully' },
      });
    }
    expect(service('migrate').depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
  });

  test('waits for a one-shot to end well and for everything else to be healthy', () => {
    for (const [, { depends_on: dependencies = {} }] of services) {
      for (const [name, { condition }] of Object.entries(dependencies)) {
        expect(compose.services).toHaveProperty(name);
        const expected = oneShots.has(name) ? 'service_completed_successfully' : 'service_healthy';
        expect([name, condition]).toEqual([name, expected]);
      }
    }
  });

  test('a service of the core never waits for one of a profile', () => {
    for (const [name, { depends_on: dependencies = {}, profiles = [] }] of services) {
      for (const dependency of Object.keys(dependencies)) {
        const needed = service(dependency).profiles ?? [];
        expect([name, needed.every((profile) => profiles.includes(profile))]).toEqual([name, true]);
      }
    }
  });

  test('every lasting service has a health check and restarts; a one-shot repeats until success', () => {
    for (const [name, { healthcheck, restart }] of services) {
      const isWatched = /^CMD(?:-SHELL)?$/.test(healthcheck?.test?.[0] ?? '');
      expect([name, isWatched, restart]).toEqual(
        oneShots.has(name) ? [name, false, 'on-failure'] : [name, true, 'unless-stopped'],
      );
    }
  });

  test('the broker counts as healthy only when its listeners are up', () => {
    const command = service('rabbitmq').healthcheck?.test?.join(' ') ?? '';

    expect(command).toContain('check_running');
    expect(command).toContain('check_port_connectivity');
    expect(command).not.toContain('ping');
    expect(service('rabbitmq').hostname).toBe('rabbitmq');
  });

  test('runs the apps without root, capabilities or a writable root, and gives them time to stop', () => {
    for (const app of apps) {
      const { user, read_only: readOnly, init, cap_drop: dropped, stop_grace_period: grace } = service(app);
      expect([app, user, readOnly, init, dropped]).toEqual([app, '1000:1000', true, true, ['ALL']]);
      expect(Number.parseInt(grace ?? '0', 10) * 1_000).toBeGreaterThan(25_000);
    }
  });

  test('pins every image that is not built here', () => {
    for (const [name, { image = '' }] of services) {
      if (image === 'smart-billing:local') continue;
      expect([name, image]).toEqual([
        name,
        expect.stringMatching(/^[a-z/-]+:v?\d+\.\d+(?:\.\d+)?(?:-[a-z]+)?(?:@sha256:[0-9a-f]{64})?$/),
      ]);
    }
    const bases = Array.from(read('Dockerfile').matchAll(/^FROM (\S+)/gm), ([, image]) => image ?? '');
    expect(new Set(bases)).toEqual(
      new Set([expect.stringMatching(/^node:\d+\.\d+\.\d+-[a-z-]+(?:@sha256:[0-9a-f]{64})?$/)]),
    );
  });

  test('holds no password and no guest', () => {
    const files = [text, read('observability/rabbitmq/definitions.json'), read('observability/rabbitmq/rabbitmq.conf')];

    for (const file of files) expect(file).not.toMatch(/\bguest\b/);
    for (const [name, { environment = {} }] of services) {
      const secrets = Object.entries(environment).filter(([variable]) => /PASSWORD|SECRET/.test(variable));
      for (const [variable, value] of secrets) {
        expect([name, variable, value]).toEqual([
          name,
          variable,
          expect.stringMatching(/^\$\{[A-Z0-9_]+(?::\?[^}]+|:-)\}$/),
        ]);
      }
      for (const value of Object.values(environment)) expect(value).not.toMatch(/:\/\/[^$@/]+@/);
    }
  });

  test('publishes ports on the loopback only, and no two on the same one', () => {
    const ports = services.flatMap(([, { ports: published = [] }]) => published);

    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\$\{[A-Z_]+:-\d+\}:\d+$/);
    const defaults = ports.map((port) => /:-(\d+)\}/.exec(port)?.[1]);
    expect(new Set(defaults).size).toBe(defaults.length);
  });

  test('the core needs no profile, and the profiles are the two that are documented', () => {
    const core = services.filter(([, { profiles = [] }]) => profiles.length === 0).map(([name]) => name);

    expect(new Set(core)).toEqual(new Set(['postgres', 'rabbitmq', 'mailpit', ...apps]));
    expect(new Set(services.flatMap(([, { profiles = [] }]) => profiles))).toEqual(new Set(['observability', 'elk']));
  });

  test('declares every volume it mounts, and mounts only files that exist', () => {
    const sources = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0] ?? ''));
    const files = sources.filter((source) => source.startsWith('./'));
    const named = sources.filter((source) => /^[a-z]/.test(source));

    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
    expect(new Set(named)).toEqual(new Set(Object.keys(compose.volumes)));
  });
});

describe('.env.example', () => {
  const documented = documentedVariables();

  test('has every variable that docker-compose.yml uses', () => {
    expect(variablesOf(text).filter((name) => !documented.has(name))).toEqual([]);
  });

  test('has every variable that an app reads', () => {
    expect(variablesOfApps().filter((name) => !documented.has(name))).toEqual([]);
  });

  test('has no variable that no program reads', () => {
    const used = new Set([...variablesOf(text), ...variablesOfApps(), 'SEED_DEMO_ISSUER']);

    expect([...documented.keys()].filter((name) => !used.has(name))).toEqual([]);
  });

  test('gives the unit of each, and the value of no secret', () => {
    for (const [name, comment] of documented) {
      expect([name, comment]).toEqual([name, expect.stringMatching(/^# \[[^\]]+\] \S/)]);
    }
    expect(read('.env.example')).not.toMatch(/^(?:# )?[A-Z0-9_]*(?:PASSWORD|SECRET)[A-Z0-9_]*=./m);
  });
});

/** The services whose environment has the word. */
function knowing(word: string): readonly string[] {
  return services.filter(([, each]) => JSON.stringify(each.environment ?? {}).includes(word)).map(([name]) => name);
}

function passwordOf(app: string, kind: 'DATABASE' | 'RABBITMQ'): string {
  return `\${${app.replaceAll('-', '_').toUpperCase()}_${kind}_PASSWORD:?see .env.example}`;
}

function databaseUrlOf(app: string): string {
  return `postgres://billing_${app.replaceAll('-', '_')}:${passwordOf(app, 'DATABASE')}@postgres:5432/billing`;
}

function brokerUrlOf(app: string): string {
  return `amqp://${app}:${passwordOf(app, 'RABBITMQ')}@rabbitmq:5672/billing`;
}

describe('the other lists of apps', () => {
  test('Prometheus scrapes every app that stays', () => {
    const { scrape_configs: jobs } = parse(read('observability/prometheus/prometheus.yml')) as {
      scrape_configs: { job_name: string; dns_sd_configs?: { names: string[]; port: number }[] }[];
    };
    const billing = jobs.find(({ job_name: name }) => name === 'billing')?.dns_sd_configs?.[0];

    expect(new Set(billing?.names)).toEqual(new Set(longRunning));
    for (const app of longRunning) {
      expect(service(app).environment?.['MANAGEMENT_PORT']).toBe(billing?.port.toString());
    }
  });

  test('an alert misses every app that stays', () => {
    const missed = Array.from(
      read('observability/prometheus/billing.rules.yml').matchAll(/absent\(up\{job="billing",app="([a-z-]+)"\}\)/g),
      ([, app]) => app,
    );
    expect(missed).toHaveLength(longRunning.length);
    expect(new Set(missed)).toEqual(new Set(longRunning));
  });

  test('Filebeat keeps the lines of every app', () => {
    const kept = Array.from(read('observability/filebeat/filebeat.yml').matchAll(/service\.name: ([a-z-]+)/g));

    expect(new Set(kept.map(([, name]) => name))).toEqual(new Set(apps));
  });

  test('the Nest command line knows every app', () => {
    const { projects } = JSON.parse(read('nest-cli.json')) as { projects: Record<string, { sourceRoot: string }> };

    expect(Object.fromEntries(Object.entries(projects).map(([name, { sourceRoot }]) => [name, sourceRoot]))).toEqual(
      Object.fromEntries(apps.map((app) => [app, `apps/${app}/src`])),
    );
  });

  test('an app gets only its own variables and no superuser or administrator (F4, F5)', () => {
    for (const app of longRunning) {
      const environment = service(app).environment ?? {};
      expect(environment['DATABASE_URL'] ?? '').toBe(app === 'gateway' ? '' : databaseUrlOf(app));
      expect(environment['RABBITMQ_URL'] ?? '').toBe(app in brokerUsers ? brokerUrlOf(app) : '');
      expect([app, Object.values(environment).filter((value) => value.includes('RABBITMQ_ADMIN'))]).toEqual([app, []]);
      const isHttp = app.endsWith('-api') || app === 'gateway';
      expect([app, 'RABBITMQ_URL' in environment]).toEqual([app, !isHttp]);
      expect([app, 'PUBLIC_URL' in environment]).toEqual([app, isHttp]);
      expect([app, 'DATABASE_URL' in environment]).toEqual([app, app !== 'gateway']);
      expect([app, 'SMTP_URL' in environment, 'MESSAGE_ID_SECRET' in environment]).toEqual([
        app,
        app === 'notifier',
        app === 'notifier',
      ]);
    }
    expect(knowing('POSTGRES_PASSWORD')).toEqual(['postgres']);
    expect(knowing('DATABASE_OWNER_PASSWORD')).toEqual(['postgres', 'migrate']);
    expect(service('billing-api').environment?.['RABBITMQ_MANAGEMENT_URL']).toContain('//monitor:');
  });
});
