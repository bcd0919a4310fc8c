import 'reflect-metadata';
import { readConfig } from '#config';
import { runHttpService } from '#http';
import { configSchema } from './config.ts';
import { uploadApi } from './service.ts';

await runHttpService(uploadApi(readConfig(configSchema, process.env)));
