import 'reflect-metadata';
import { setFlagsFromString } from 'node:v8';
import { readConfig } from '#config';
import { runHttpService } from '#http';
import { configSchema } from './config.ts';
import { uploadApi } from './service.ts';

/**
 * Every block of a socket is memory outside of V8's heap; a cheap collection frees it, after 32 MB of them. Before that, V8
 * counts it as growth of the heap, and collects all of the heap instead: several times in 100 MB, a third to a half of an upload's
 * processor time. With room for twice the heap the cheap collection comes first. NODE_OPTIONS does not take this option.
 */
setFlagsFromString('--heap-growing-percent=200');

await runHttpService(uploadApi(readConfig(configSchema, process.env)));
