import 'reflect-metadata';
import { Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { expect, test } from 'vitest';
import { readConfig } from '#config';
import { createLogger } from '#observability';
import { LOGGER, STORAGE } from '#process';
import { createStorage } from '#storage';
import { testDatabase } from '#testing';
import { BatchReader } from './batches/batch-reader.ts';
import { configSchema } from './config.ts';
import { PUBLIC, startApp, UPLOADS } from './billing-api.fixture.ts';
import { BillingApiModule } from './billing-api.module.ts';

test('the module can be put together', async () => {
  const { dataSource } = await testDatabase();

  @Global()
  @Module({
    providers: [
      { provide: DataSource, useValue: dataSource },
      { provide: LOGGER, useValue: createLogger({ service: 'test', version: '0', level: 'error' }) },
      { provide: STORAGE, useValue: await createStorage({ url: 'file:///nonexistent/storage' }) },
    ],
    exports: [DataSource, LOGGER, STORAGE],
  })
  class Parts {}

  const module = BillingApiModule.with({ BILLING_API_URL: PUBLIC, UPLOAD_API_URL: UPLOADS });
  const compiled = await Test.createTestingModule({ imports: [Parts, module] }).compile();
  expect(compiled.get(BatchReader, { strict: false })).toBeInstanceOf(BatchReader);
  await compiled.close();
});

test('is ready with its database alone, and documents every route with an example of its answer', async () => {
  const { url: databaseUrl } = await testDatabase();
  const app = await startApp({ databaseUrl });
  try {
    const ready = await fetch(`${app.managementUrl}/health/ready`);
    expect(ready.status).toBe(200);

    const document = (await (await fetch(`${app.url}/docs-json`)).json()) as {
      paths: Record<string, { get: { responses: { 200: { content: object } } } }>;
    };
    expect(Object.keys(document.paths).toSorted()).toEqual([
      '/v1/batches',
      '/v1/batches/{id}',
      '/v1/batches/{id}/duplicates.csv',
      '/v1/batches/{id}/events',
      '/v1/batches/{id}/exports',
      '/v1/batches/{id}/rejections.csv',
      '/v1/batches/{id}/results.csv',
      '/v1/boletos/{id}',
      '/v1/boletos/{id}.pdf',
      '/v1/exports/{id}',
      '/v1/exports/{id}/download',
    ]);
    const undocumented = Object.entries(document.paths).filter(([path, { get }]) => {
      const isFile = path.endsWith('.pdf') || path.endsWith('/download');
      return !isFile && !JSON.stringify(get.responses[200].content).includes('"example"');
    });
    expect(undocumented.map(([path]) => path)).toEqual([]);
    expect((await fetch(`${app.url}/docs`)).status).toBe(200);
  } finally {
    await app.stop();
  }
});

test.each(['/v1/batches', '/v1/batches/7/cancel', '/v1/batches/7/exports?x=1'])(
  'what changes a batch (POST %s) is sent on to upload-api',
  async (path) => {
    const { url: databaseUrl } = await testDatabase();
    const app = await startApp({ databaseUrl });
    try {
      const form = new FormData();
      form.set('file', new Blob(['a,b\n'.repeat(1_000)]), 'debts.csv');
      const response = await fetch(`${app.url}${path}`, { method: 'POST', body: form, redirect: 'manual' });
      expect(response.status).toBe(307);
      expect(response.headers.get('Location')).toBe(`${UPLOADS}${path}`);
    } finally {
      await app.stop();
    }
  },
);

test('a bad environment is told whole', () => {
  expect(() => readConfig(configSchema, { UPLOAD_API_URL: 'nowhere', HTTP_PORT: '70000' })).toThrow(
    /(?=[\s\S]*DATABASE_URL)(?=[\s\S]*STORAGE_URL)(?=[\s\S]*HTTP_PORT)(?=[\s\S]*UPLOAD_API_URL)[\s\S]*BILLING_API_URL/,
  );
});
