export { BackPressure } from './back-pressure.ts';
export { clientKey } from './client-address.ts';
export { type Documentation, type HttpAppOptions, type LargeBodies } from './create-http-app.ts';
export { idPipe, notFound } from './ids.ts';
export { readCursor, toPage, toPageOfAll } from './page.ts';
export { type FieldProblem, fieldProblems, fieldsInvalid, ProblemError, type ProblemOptions } from './problem.ts';
export { Route } from './route.decorator.ts';
export {
  type HttpService,
  type HttpServiceConfig,
  type HttpServiceOptions,
  runHttpService,
  startHttpService,
} from './http-service.ts';
