import 'reflect-metadata';
import { readConfig } from '#config';
import { runHttpService } from '#http';
import { letHeapGrow } from '#process';
import { configSchema } from './config.ts';
import { uploadApi } from './http-options.ts';

letHeapGrow();
await runHttpService(uploadApi(readConfig(configSchema, process.env)));
