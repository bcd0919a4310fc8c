import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { commonEnvironment, mailEnvironment, workerEnvironment } from './environment.ts';
import {
  baseUrl,
  flag,
  hostName,
  intBetween,
  mailbox,
  oneOf,
  onOrOff,
  port,
  storageUrl,
  timeZone,
  urlOf,
  uuid,
} from './fields.ts';
import { readConfig } from './read-config.ts';

const complete = {
  DATABASE_URL: 'postgres://app:secret@db/billing',
  RABBITMQ_URL: 'amqp://app:secret@broker/billing',
  STORAGE_URL: 'file:///var/lib/billing',
};

function problemsOf(schema: z.ZodType, environment: Record<string, string | undefined>): string {
  try {
    readConfig(schema, environment);
  } catch (error) {
    return String(error);
  }
  return '';
}

describe('readConfig', () => {
  test('readConfig fills in the documented defaults', () => {
    expect(readConfig(z.object(workerEnvironment), complete)).toEqual({
      ...complete,
      DATABASE_POOL_MAX: 10,
      MANAGEMENT_HOST: '127.0.0.1',
      MANAGEMENT_PORT: 0,
      LOG_LEVEL: 'info',
      SHUTDOWN_GRACE_MS: 25_000,
      TIME_ZONE: 'America/Sao_Paulo',
    });
  });

  test('readConfig reports every wrong variable and its expectation at once', () => {
    const message = problemsOf(z.object({ ...workerEnvironment, ...mailEnvironment }), {
      DATABASE_URL: 'mysql://app@db/billing',
      DATABASE_POOL_MAX: '0',
      STORAGE_URL: '/var/lib/billing',
      MANAGEMENT_PORT: '80.5',
      LOG_LEVEL: 'loud',
      TIME_ZONE: 'Brasilia',
      CONCURRENCY: 'many',
      SMTP_URL: 'mailpit:1025',
      MAIL_FROM: 'nobody',
    });

    expect(message).toMatchInlineSnapshot(`
      "Error: invalid configuration
      ✖ expected a URL like postgres://host or postgresql://host
        → at DATABASE_URL
      ✖ expected a whole number of connections from 1 to 500
        → at DATABASE_POOL_MAX
      ✖ is missing: expected a URL like amqp://host or amqps://host
        → at RABBITMQ_URL
      ✖ expected a port from 0 (any free one) to 65535
        → at MANAGEMENT_PORT
      ✖ expected one of error, warn, info, debug
        → at LOG_LEVEL
      ✖ expected file:///absolute/folder or s3://bucket/prefix
        → at STORAGE_URL
      ✖ expected an IANA time zone such as America/Sao_Paulo
        → at TIME_ZONE
      ✖ expected a whole number of deliveries from 1 to 1000
        → at CONCURRENCY
      ✖ expected a URL like smtp://host or smtps://host
        → at SMTP_URL
      ✖ expected an address like billing@example.com or Billing <billing@example.com>
        → at MAIL_FROM
      ✖ is missing: expected a host name such as billing.example.com
        → at MESSAGE_ID_DOMAIN
      ✖ is missing: expected a secret of at least 32 characters (openssl rand -hex 32)
        → at MESSAGE_ID_SECRET"
    `);
  });

  test('readConfig never repeats a value, because it may be a secret', () => {
    const message = problemsOf(z.object(commonEnvironment), {
      DATABASE_URL: 'mysql://app:hunter2@db',
      RABBITMQ_URL: 'hunter2',
      STORAGE_URL: 'hunter2',
      S3_SECRET_ACCESS_KEY: 'hunter2\n',
      S3_ACCESS_KEY_ID: 'hunter2\u0000',
    });

    expect(message).toContain('S3_ACCESS_KEY_ID');
    expect(message).not.toContain('hunter2');
  });

  test('an empty variable counts as not set', () => {
    const config = readConfig(z.object(workerEnvironment), { ...complete, CONCURRENCY: '', LOG_LEVEL: '' });

    expect(config.CONCURRENCY).toBeUndefined();
    expect(config.LOG_LEVEL).toBe('info');
    expect(problemsOf(z.object(workerEnvironment), { ...complete, DATABASE_URL: '' })).toContain('is missing');
  });
});

describe('fields', () => {
  const cases: readonly [string, z.ZodType, readonly [string, unknown][], readonly string[]][] = [
    [
      'port',
      port(),
      [
        ['0', 0],
        ['65535', 65_535],
      ],
      ['65536', '-1', '80.5', 'http', ' 80', '0x50'],
    ],
    [
      'intBetween',
      intBetween(-1, 10),
      [
        ['-1', -1],
        ['10', 10],
      ],
      ['11', '-2', '1e1', '1.0', '', 'NaN'],
    ],
    ['urlOf', urlOf('amqp:'), [['amqp://h/v', 'amqp://h/v']], ['amqps://h', 'amqp:', 'h:5672', 'amqp://']],
    [
      'baseUrl',
      baseUrl(),
      [
        ['https://h/a//', 'https://h/a'],
        ['http://h', 'http://h'],
      ],
      ['h', 'ftp://h'],
    ],
    [
      'storageUrl',
      storageUrl(),
      [
        ['file:///a', 'file:///a'],
        ['s3://b/p?region=x', 's3://b/p?region=x'],
      ],
      ['file://host/a', 'file:///', '/a', 's3://', 'http://b'],
    ],
    ['oneOf', oneOf('a', 'b'), [['a', 'a']], ['A', 'c', ' a']],
    [
      'flag',
      flag(),
      [
        ['true', true],
        ['false', false],
      ],
      ['1', 'yes', 'TRUE'],
    ],
    [
      'onOrOff',
      onOrOff(),
      [
        ['on', true],
        ['off', false],
      ],
      ['true', '0', 'OFF'],
    ],
    [
      'timeZone',
      timeZone(),
      [
        ['America/Sao_Paulo', 'America/Sao_Paulo'],
        ['UTC', 'UTC'],
      ],
      ['Mars/Olympus', ''],
    ],
    [
      'uuid',
      uuid(),
      [['0190B5C6-0000-7000-8000-0000000000AB', '0190b5c6-0000-7000-8000-0000000000ab']],
      ['0190b5c6', '{}'],
    ],
    [
      'mailbox',
      mailbox(),
      [
        ['a@b.example', 'a@b.example'],
        ['Billing <a@b.example>', 'Billing <a@b.example>'],
      ],
      ['a', 'a@b@c', 'A <a@b', 'A\r\nBcc: x <a@b>'],
    ],
    [
      'hostName',
      hostName(),
      [
        ['Billing.Example.com', 'billing.example.com'],
        ['localhost', 'localhost'],
      ],
      ['a b', 'http://a', 'a:1', '-a', 'a..b'],
    ],
  ];

  test.each(cases)('%s accepts its documented values and refuses others', (_name, schema, accepted, refused) => {
    for (const [text, value] of accepted) expect(schema.parse(text)).toBe(value);
    expect(refused.filter((text) => schema.safeParse(text).success)).toEqual([]);
    expect(schema.safeParse(undefined).success).toBe(false);
  });
});
