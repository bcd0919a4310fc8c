import type { HttpServiceOptions } from '#http';
import type { Config } from './config.ts';
import { UploadApiModule } from './upload-api.module.ts';

/** 2 GiB at 1 MiB/s takes 34 minutes. */
const UPLOAD_TIMEOUT_MS = 60 * 60 * 1000;

/** upload-api as startHttpService and runHttpService take it. */
export function uploadApi(config: Config): HttpServiceOptions {
  return {
    name: 'upload-api',
    config,
    module: UploadApiModule.with(config),
    longBodies: { method: 'POST', path: '/v1/batches', timeoutMs: UPLOAD_TIMEOUT_MS },
    documentation: {
      title: 'Smart Billing: uploads',
      description: 'Send a CSV of debts. Errors are RFC 9457 problems with a stable `code`.',
    },
  };
}
