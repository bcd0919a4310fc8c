import type { OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { findRoute, neededPermission, routes, type RouteAccess } from '#contracts/http';
import { namesAnId } from '../limits/client-limits.ts';
import { problemSchema } from '../problems/problem.ts';

type Paths = OpenAPIObject['paths'];
type PathItem = Paths[string];
type Operation = NonNullable<PathItem['get']>;
type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];
type Response = NonNullable<Operation['responses'][string]>;

const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete'] as const;
const SAFE: ReadonlySet<string> = new Set(['get', 'head']);

/** The facts that decide how an operation can be refused before its handler sees the request. */
interface Traits {
  readonly isSafe: boolean;
  readonly namesAnId: boolean;
  readonly hasId: boolean;
  readonly hasFields: boolean;
  readonly hasBody: boolean;
  /** The body is parsed, and checked by a schema, before the handler sees it. */
  readonly isParsed: boolean;
  /** Undefined for an operation that is not of the route table. */
  readonly access: RouteAccess | undefined;
}

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly isOf: (operation: Traits) => boolean;
}

function needsCaller({ access }: Traits): boolean {
  return access !== undefined && !('anonymous' in access);
}

function needsPermission({ access }: Traits): boolean {
  return access !== undefined && neededPermission(access) !== undefined;
}

function needsStepUp({ access }: Traits): boolean {
  return access !== undefined && !('anonymous' in access) && access.stepUp === true;
}

function isForPeople({ access }: Traits): boolean {
  if (access === undefined || 'anonymous' in access) return false;
  return access.needs === 'session' || access.stepUp === true;
}

/** Every refusal that createHttpApp, its pipes and the guard give by themselves. */
const REFUSALS: readonly Refusal[] = [
  { status: 400, code: 'BAD_REQUEST', isOf: ({ isParsed }) => isParsed },
  { status: 400, code: 'FIELD_INVALID', isOf: ({ hasFields }) => hasFields },
  { status: 400, code: 'ID_INVALID', isOf: ({ hasId }) => hasId },
  { status: 401, code: 'SIGN_IN_REQUIRED', isOf: needsCaller },
  { status: 401, code: 'KEY_INVALID', isOf: needsCaller },
  { status: 401, code: 'STEP_UP_REQUIRED', isOf: needsStepUp },
  { status: 403, code: 'PERMISSION_MISSING', isOf: needsPermission },
  { status: 403, code: 'SECOND_FACTOR_REQUIRED', isOf: needsPermission },
  { status: 403, code: 'PEOPLE_ALONE', isOf: isForPeople },
  { status: 403, code: 'ORIGIN_REFUSED', isOf: ({ isSafe }) => !isSafe },
  { status: 408, code: 'REQUEST_TIMEOUT', isOf: ({ hasBody }) => hasBody },
  { status: 413, code: 'PAYLOAD_TOO_LARGE', isOf: ({ isParsed }) => isParsed },
  { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE', isOf: ({ isParsed }) => isParsed },
  { status: 421, code: 'HOST_UNKNOWN', isOf: () => true },
  { status: 429, code: 'RATE_LIMITED', isOf: () => true },
  { status: 431, code: 'HEADERS_TOO_LARGE', isOf: () => true },
  { status: 503, code: 'UNAVAILABLE', isOf: () => true },
];

const PROBLEM_REF = '#/components/schemas/Problem';
const PROBLEM_TYPE = 'application/problem+json';

/**
 * The document with what every operation can be refused with, so that no handler lists it, and with the media type that
 * problems are sent as. Codes that an operation lists by itself stand first.
 */
export function withRefusals(document: OpenAPIObject): OpenAPIObject {
  const paths = Object.entries(document.paths).map(([path, item]) => [path, withRefusalsOf(path, item)] as const);
  const schemas = { Problem: problemOpenApi(), ...document.components?.schemas };
  return { ...document, paths: Object.fromEntries(paths), components: { ...document.components, schemas } };
}

function withRefusalsOf(path: string, item: PathItem): PathItem {
  const documented = { ...item };
  for (const method of METHODS) {
    const operation = item[method];
    if (operation === undefined) continue;
    const traits = traitsOf(method, path, operation);
    documented[method] = { ...operation, responses: responsesOf(operation, traits) };
  }
  return documented;
}

function traitsOf(method: string, path: string, { parameters = [], requestBody }: Operation): Traits {
  const given = parameters.filter((each) => 'in' in each);
  const content = requestBody !== undefined && 'content' in requestBody ? requestBody.content : {};
  const isParsed = 'application/json' in content || 'application/x-www-form-urlencoded' in content;
  return {
    isSafe: SAFE.has(method),
    namesAnId: namesAnId(path),
    hasId: given.some(
      (each) =>
        each.in === 'path' && each.schema !== undefined && 'format' in each.schema && each.schema.format === 'uuid',
    ),
    hasFields: isParsed || given.some((each) => each.in === 'query' || each.in === 'header'),
    hasBody: requestBody !== undefined,
    isParsed,
    access: findAccess(method, path),
  };
}

function findAccess(method: string, path: string): RouteAccess | undefined {
  const key = findRoute(method.toUpperCase(), path);
  return key === undefined ? undefined : routes[key].access;
}

function responsesOf({ responses }: Operation, traits: Traits): Operation['responses'] {
  const all = new Map<string, Response>();
  for (const [status, response] of Object.entries(responses)) {
    if (response !== undefined) all.set(status, Number(status) < 400 ? response : asProblem(response));
  }
  for (const { status, code } of REFUSALS.filter(({ isOf }) => isOf(traits))) {
    const key = status.toString();
    all.set(key, withCode(all.get(key), code));
  }
  return Object.fromEntries(all);
}

function withCode(response: Response | undefined, code: string): Response {
  if (response === undefined) return asProblem({ description: code });
  if ('$ref' in response || response.description.split(/\W+/).includes(code)) return response;
  return { ...response, description: `${response.description} · ${code}` };
}

function asProblem(response: Response): Response {
  if ('$ref' in response) return response;
  return { ...response, content: { [PROBLEM_TYPE]: { schema: { $ref: PROBLEM_REF } } } };
}

/** For a document none of whose operations names the schema. */
function problemOpenApi(): Schema {
  const { $schema: _, ...schema } = z.toJSONSchema(problemSchema, { target: 'openapi-3.0' });
  return JSON.parse(JSON.stringify(schema));
}
