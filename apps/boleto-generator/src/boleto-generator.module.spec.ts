import { Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { expect, test } from 'vitest';
import { createMetrics } from '#observability';
import { METRICS, STORAGE } from '#process';
import { createStorage } from '#storage';
import { BoletoGeneratorModule } from './boleto-generator.module.ts';
import { CloseExportHandler } from './exports/close-export.handler.ts';
import { RenderPartHandler } from './exports/render-part.handler.ts';
import { StartExportHandler } from './exports/start-export.handler.ts';
import { IssueChunkHandler } from './issue/issue-chunk.handler.ts';

@Global()
@Module({
  providers: [
    { provide: METRICS, useValue: createMetrics({ service: 'test', version: '0' }) },
    { provide: STORAGE, useValue: await createStorage({ url: 'file:///nowhere' }) },
    { provide: DataSource, useValue: new DataSource({ type: 'postgres' }) },
  ],
  exports: [METRICS, STORAGE, DataSource],
})
class Parts {}

test('the module can build every handler', async () => {
  const app = BoletoGeneratorModule.with({ TIME_ZONE: 'America/Sao_Paulo' });

  const module = await Test.createTestingModule({ imports: [Parts, app] }).compile();

  for (const handler of [IssueChunkHandler, StartExportHandler, RenderPartHandler, CloseExportHandler]) {
    expect(module.get<object>(handler, { strict: false })).toBeInstanceOf(handler);
  }
});
