export { BackPressure } from './limits/back-pressure.ts';
export { claimIsKnown, countUnknownClaim, refusalOfLookUp } from './limits/anonymous-rate.ts';
export { networkKey } from './limits/client-address.ts';
export { MemoryRates, type RateState } from './limits/gcra.ts';
export { type NamedRate, rateLimited, tellRate } from './limits/rate-headers.ts';
export { REPLICAS } from './app/replicas.ts';
export { type Documentation, type HttpAppOptions, type LargeBodies } from './app/create-http-app.ts';
export { idPipe, notFound } from './routes/ids.ts';
export { readCursor, toPage, toPageOfAll } from './routes/page.ts';
export {
  type FieldProblem,
  fieldProblems,
  fieldsInvalid,
  ProblemError,
  type ProblemOptions,
} from './problems/problem.ts';
export { routeKeyOf } from './routes/route-keys.ts';
export { Route } from './routes/route.decorator.ts';
export {
  type HttpService,
  type HttpServiceConfig,
  type HttpServiceOptions,
  runHttpService,
  startHttpService,
} from './app/http-service.ts';
