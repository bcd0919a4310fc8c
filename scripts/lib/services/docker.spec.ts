import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { composition, imagesInCompose } from './docker.mjs';

function compose(images: ['postgres' | 'rabbitmq', string][]) {
  const folder = mkdtempSync(join(tmpdir(), 'compose-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return {
    folder,
    ...composition(
      images,
      { database: { superuser: 'secret', owner: 'o' }, broker: { monitor: 'm', admin: 'b' } },
      folder,
    ),
  };
}

test('containers listen on free ports of this machine alone', () => {
  const { services } = compose([
    ['postgres', 'postgres:17'],
    ['rabbitmq', 'rabbitmq:4-management'],
  ]);
  expect(services).toMatchObject({
    postgres: { image: 'postgres:17', ports: ['127.0.0.1::5432'], environment: { POSTGRES_PASSWORD: 'secret' } },
    rabbitmq: { image: 'rabbitmq:4-management', ports: ['127.0.0.1::5672', '127.0.0.1::15672', '127.0.0.1::15692'] },
  });
});

test('the images are those of docker-compose.yml', () => {
  expect(imagesInCompose(['postgres', 'rabbitmq'])).toEqual([
    ['postgres', expect.stringMatching(/^postgres:17/)],
    ['rabbitmq', expect.stringMatching(/^rabbitmq:4.*management/)],
  ]);
});

test('only the services that are missing are started', () => {
  expect(Object.keys(compose([['rabbitmq', 'rabbitmq:4']]).services)).toEqual(['rabbitmq']);
});

test('the broker has no guest, and no user of an app is an administrator (F5)', () => {
  const { folder } = compose([['rabbitmq', 'rabbitmq:4']]);
  const configuration = readFileSync(join(folder, 'rabbitmq.conf'), 'utf8');
  expect(configuration).toContain('load_definitions = /etc/rabbitmq/definitions.json\n');
  const definitions = readFileSync(join(folder, 'definitions.json'), 'utf8');
  expect(configuration + definitions).not.toContain('guest');
  expect(definitions).not.toContain('@');
  const { users, permissions } = JSON.parse(definitions) as {
    users: { name: string; password: string; tags: string[] }[];
    permissions: object[];
  };
  expect(users.filter(({ tags }) => tags.length > 0)).toEqual([
    { name: 'monitor', password: 'm', tags: ['monitoring'] },
    { name: 'admin', password: 'b', tags: ['administrator'] },
  ]);
  expect(new Set(users.map(({ password }) => password)).size).toBe(users.length);
  expect(permissions).toContainEqual({ user: 'monitor', vhost: 'billing', configure: '^$', write: '^$', read: '^$' });
});
