export { BackPressure } from './limits/back-pressure.ts';
export { clientKey } from './limits/client-address.ts';
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
