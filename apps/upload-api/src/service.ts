import type { HttpServiceOptions } from '#http';
import type { Config } from './config.ts';
import { UploadApiModule } from './upload-api.module.ts';

/** 2 GiB at 1 MiB/s takes 34 minutes. */
const UPLOAD_TIMEOUT_MS = 60 * 60 * 1000;

/** A logo of 64 KiB is 88 KiB of base64; the rest of an issuer is a few. */
const ISSUER_BYTES_MAX = 128 * 1024;

/** upload-api as startHttpService and runHttpService take it. */
export function uploadApi(config: Config): HttpServiceOptions {
  return {
    name: 'upload-api',
    config,
    module: UploadApiModule.with(config),
    longBodies: { method: 'POST', path: '/v1/batches', timeoutMs: UPLOAD_TIMEOUT_MS },
    largeBodies: [{ method: 'POST', path: '/v1/issuers', bytesMax: ISSUER_BYTES_MAX }],
    documentation: {
      title: 'Smart Billing: uploads',
      description:
        'Send a CSV of debts, cancel it, ask for its boletos as a ZIP or one PDF, register issuers. ' +
        'Questions about batches, boletos and exports are redirected to the billing API. ' +
        'Errors are RFC 9457 problems with a stable `code`.',
    },
  };
}
