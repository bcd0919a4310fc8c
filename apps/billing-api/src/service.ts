import type { HttpServiceOptions } from '#http';
import type { Config } from './config.ts';
import { BillingApiModule } from './billing-api.module.ts';

/** billing-api as startHttpService and runHttpService take it. Ready = database: it has nothing to do with the broker. */
export function billingApi(config: Config): HttpServiceOptions {
  return {
    name: 'billing-api',
    config,
    module: BillingApiModule.with(config),
    documentation: {
      title: 'Smart Billing: receivables',
      description:
        'What became of every row of a batch: progress, results, rejections, boletos, exports. ' +
        'Requests that change something are redirected to the upload API. ' +
        'Errors are RFC 9457 problems with a stable `code`.',
    },
  };
}
