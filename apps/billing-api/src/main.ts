import 'reflect-metadata';
import { readConfig } from '#config';
import { runHttpService } from '#http';
import { configSchema } from './config.ts';
import { billingApi } from './http-options.ts';

await runHttpService(billingApi(readConfig(configSchema, process.env)));
