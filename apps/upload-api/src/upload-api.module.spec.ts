import { Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { expect, test } from 'vitest';
import { REPLICAS } from '#http';
import { LOGGER, STORAGE } from '#process';
import { createStorage } from '#storage';
import { UploadApiModule } from './upload-api.module.ts';
import { BatchesController } from './uploads/batches.controller.ts';

@Global()
@Module({
  providers: [
    { provide: LOGGER, useValue: console },
    { provide: STORAGE, useValue: await createStorage({ url: 'file:///nowhere' }) },
    { provide: REPLICAS, useValue: 1 },
    { provide: DataSource, useValue: new DataSource({ type: 'postgres' }) },
  ],
  exports: [LOGGER, STORAGE, DataSource, REPLICAS],
})
class Parts {}

test('every controller finds what it is built from', async () => {
  const settings = {
    PUBLIC_URL: 'https://billing.example',
    UPLOAD_BYTES_MAX: 1,
    UPLOADS_MAX: 1,
    UPLOAD_BYTES_PER_SECOND_MIN: 0,
    UPLOAD_SPEED_WINDOW_MS: 30_000,
    STORAGE_FREE_BYTES_MIN: 0,
    DEFAULT_ISSUER_ID: undefined,
    OUTBOX_DUE_MAX: 1,
  };

  const module = await Test.createTestingModule({ imports: [Parts, UploadApiModule.with(settings)] }).compile();

  expect(module.get(BatchesController, { strict: false })).toBeInstanceOf(BatchesController);
});
