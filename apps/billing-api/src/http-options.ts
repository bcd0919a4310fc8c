import type { HttpServiceOptions } from '#http';
import { BillingApiModule } from './billing-api.module.ts';
import type { Config } from './config.ts';

/** A logo of 64 KiB is 88 KiB of base64; the rest of an issuer is a few. */
const ISSUER_BYTES_MAX = 128 * 1024;

/** billing-api as startHttpService and runHttpService take it. Ready = database: it publishes through the outbox. */
export function billingApi(config: Config): HttpServiceOptions {
  return {
    name: 'billing-api',
    config,
    module: BillingApiModule.with(config),
    largeBodies: [
      { method: 'POST', path: '/v1/issuers', bytesMax: ISSUER_BYTES_MAX },
      { method: 'POST', path: '/v1/issuers/preview', bytesMax: ISSUER_BYTES_MAX },
      { method: 'PATCH', path: '/v1/issuers/{id}', bytesMax: ISSUER_BYTES_MAX },
    ],
    documentation: {
      title: 'Smart Billing',
      description:
        'What became of every row of a batch: progress, results, rejections, boletos, exports; issuers; ' +
        'and what operators look at and act on: dead letters, stages, the outbox. ' +
        'Errors are RFC 9457 problems with a stable `code`.',
    },
  };
}
