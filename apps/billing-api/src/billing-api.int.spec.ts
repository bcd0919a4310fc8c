import 'reflect-metadata';
import { Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { expect, test } from 'vitest';
import { readConfig } from '#config';
import { routes } from '#contracts/http';
import { REPLICAS } from '#http';
import { createLogger } from '#observability';
import { LOGGER, STORAGE } from '#process';
import { createStorage } from '#storage';
import { answerOf, testDatabase } from '#testing';
import { BatchReader } from './batches/progress/batch-reader.ts';
import { PUBLIC, startApp } from './billing-api.fixture.ts';
import { BillingApiModule } from './billing-api.module.ts';
import { configSchema } from './config.ts';

test('the module can be put together', async () => {
  const { dataSource } = await testDatabase();

  @Global()
  @Module({
    providers: [
      { provide: DataSource, useValue: dataSource },
      { provide: LOGGER, useValue: createLogger({ service: 'test', version: '0', level: 'error' }) },
      { provide: STORAGE, useValue: await createStorage({ url: 'file:///nonexistent/storage' }) },
      { provide: REPLICAS, useValue: 1 },
    ],
    exports: [DataSource, LOGGER, STORAGE, REPLICAS],
  })
  class Parts {}

  const module = BillingApiModule.with({
    PUBLIC_URL: PUBLIC,
    OUTBOX_DUE_MAX: 1,
    TIME_ZONE: 'America/Sao_Paulo',
    RABBITMQ_MANAGEMENT_URL: undefined,
    FOUR_EYES: false,
    CLIENT_SIGN_INS_PER_MINUTE: 5,
    ENCRYPTION_SECRET: 'a secret for tests, of 32 characters and more',
    OIDC_ACR: [],
    OIDC_ALLOWED_DOMAINS: [],
  });
  const compiled = await Test.createTestingModule({ imports: [Parts, module] }).compile();
  expect(compiled.get(BatchReader, { strict: false })).toBeInstanceOf(BatchReader);
  await compiled.close();
});

test('is ready with its database alone, and documents its routes of the table, each once', async () => {
  const { url: databaseUrl } = await testDatabase();
  const app = await startApp({ databaseUrl });
  try {
    const ready = await fetch(`${app.managementUrl}/health/ready`);
    expect(ready.status).toBe(200);

    const document = (await (await fetch(`${app.url}/docs-json`)).json()) as { paths: Record<string, object> };
    const documented = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const own = Object.entries(routes).filter(([, { servedBy }]) => servedBy === 'billing-api');
    expect(documented.toSorted()).toEqual(own.map(([key]) => key).toSorted());
    expect((await fetch(`${app.url}/docs`)).status).toBe(200);
  } finally {
    await app.stop();
  }
});

test('every answer of a GET that is no file has an example', async () => {
  const { url: databaseUrl } = await testDatabase();
  const app = await startApp({ databaseUrl });
  try {
    const document = (await (await fetch(`${app.url}/docs-json`)).json()) as {
      paths: Record<string, { get?: { responses: { 200?: { content?: object } } } }>;
      components: { schemas: Record<string, unknown> };
    };
    // Named schemas stand among the components, and refer to others there.
    const wholeOf = (content: unknown): string =>
      JSON.stringify(content).replaceAll(/"#\/components\/schemas\/(\w+)"/g, (_, name: string) =>
        wholeOf(document.components.schemas[name]),
      );
    const undocumented = Object.entries(document.paths).filter(([path, { get }]) => {
      const isFile = path.endsWith('.pdf') || path.endsWith('/download');
      // The answers about issuers and operations have no examples.
      const isOther = /^\/v1\/(?:banks|issuers|dead-letters|stages|outbox)/.test(path);
      const answer = get?.responses[200];
      return answer !== undefined && !isFile && !isOther && !wholeOf(answer.content).includes('"example"');
    });
    expect(undocumented.map(([path]) => path)).toEqual([]);
  } finally {
    await app.stop();
  }
});

test('an upload, which upload-api takes, is refused as misdirected', async () => {
  const { url: databaseUrl } = await testDatabase();
  const app = await startApp({ databaseUrl });
  try {
    const form = new FormData();
    form.set('file', new Blob(['a,b\n'.repeat(1_000)]), 'debts.csv');
    const response = await fetch(`${app.url}/v1/batches`, { method: 'POST', body: form });
    expect([response.status, (await answerOf(response)).code]).toEqual([421, 'MISDIRECTED']);
  } finally {
    await app.stop();
  }
});

test('a bad environment is told whole', () => {
  expect(() => readConfig(configSchema, { PUBLIC_URL: 'nowhere', HTTP_PORT: '70000' })).toThrow(
    /(?=[\s\S]*DATABASE_URL)(?=[\s\S]*STORAGE_URL)(?=[\s\S]*HTTP_PORT)[\s\S]*PUBLIC_URL/,
  );
});
