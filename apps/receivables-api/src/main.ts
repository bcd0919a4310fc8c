import 'reflect-metadata';
import { readConfig } from '#config';
import { runHttpService } from '#http';
import { configSchema } from './config.ts';
import { receivablesApi } from './service.ts';

await runHttpService(receivablesApi(readConfig(configSchema, process.env)));
