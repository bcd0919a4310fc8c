import { applyDecorators, HttpCode, RequestMapping, RequestMethod, SetMetadata } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiConsumes,
  ApiExtension,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiResponse,
  ApiTags,
  type ApiResponseOptions,
} from '@nestjs/swagger';
import { z } from 'zod';
import {
  neededPermission,
  routes,
  type FileAnswer,
  type JsonAnswer,
  type RedirectAnswer,
  type RouteAccess,
  type RouteKey,
  type RouteSpec,
} from '#contracts/http';
import { problemResponse } from '../problems/problem-response.ts';
import { ROUTE_KEY } from './route-keys.ts';

type HeaderSchema = NonNullable<Parameters<typeof ApiHeader>[0]['schema']>;
type Schema = Exclude<HeaderSchema, { readonly $ref: string }>;

/** The name of API keys among the security schemes of the document. */
export const KEY_SCHEME = 'key';

const METHODS: Readonly<Record<string, RequestMethod>> = {
  GET: RequestMethod.GET,
  POST: RequestMethod.POST,
  PUT: RequestMethod.PUT,
  PATCH: RequestMethod.PATCH,
  DELETE: RequestMethod.DELETE,
};

/**
 * Answers a route of the table: path, name, texts, answers and refusals are the table's. Use it on methods of a
 * `@Controller()` without a path. Bodies and queries are checked where the method takes them: `@Body({ schema })`. Of
 * two answers the first is sent, unless the method sets the status.
 */
export function Route(key: RouteKey): MethodDecorator {
  const [method = '', path = ''] = key.split(' ');
  const spec: RouteSpec = routes[key];
  const { operationId, summary, description, tag, answers, access, refusals = {} } = spec;
  const [status = 200] = Object.keys(answers).map(Number);
  return applyDecorators(
    SetMetadata(ROUTE_KEY, key),
    RequestMapping({ method: METHODS[method] ?? RequestMethod.ALL, path: path.replaceAll(/\{(\w+)\}/g, ':$1') }),
    HttpCode(status),
    ApiTags(tag),
    ApiOperation({ operationId, summary, ...(description === undefined ? {} : { description }) }),
    ...accessOf(access),
    ...parametersOf(spec),
    ...bodyOf(spec),
    ...Object.entries(answers).map(([code, answer]) => ApiResponse({ status: Number(code), ...contentOf(answer) })),
    ...Object.entries(refusals).map(([code, codes]) => ApiResponse(problemResponse(Number(code), codes))),
  );
}

/** The demand on the caller as OpenAPI tells it: the key and the permission, or the reason why it needs neither. */
function accessOf(access: RouteAccess): MethodDecorator[] {
  if ('anonymous' in access) return [ApiExtension('x-anonymous', access.anonymous)];
  const permission = neededPermission(access);
  if (permission === undefined) return [];
  return [ApiBearerAuth(KEY_SCHEME), ApiExtension('x-permission', permission)];
}

function parametersOf({ params, headers }: RouteSpec): MethodDecorator[] {
  return [
    ...Object.entries(params?.shape ?? {}).map(([name, schema]) => ApiParam({ name, schema: openApiOf(schema) })),
    ...Object.entries(headers?.shape ?? {}).map(([name, schema]) => {
      const { description, ...rest } = openApiOf(schema);
      return ApiHeader({ name, required: false, schema: rest, ...(description === undefined ? {} : { description }) });
    }),
  ];
}

/** A parsed body is documented by the schema that checks it; a file is read as a stream, by no method's parameter. */
function bodyOf({ form, urlEncoded }: RouteSpec): MethodDecorator[] {
  if (urlEncoded !== undefined) return [ApiConsumes('application/x-www-form-urlencoded')];
  if (form === undefined) return [];
  const { description, ...schema } = openApiOf(form);
  return [
    ApiConsumes('multipart/form-data'),
    ApiBody({ schema, ...(description === undefined ? {} : { description }) }),
  ];
}

function contentOf(answer: JsonAnswer | FileAnswer | RedirectAnswer): ApiResponseOptions {
  const { description } = answer;
  if ('isRedirect' in answer) return { description };
  if ('schema' in answer) return { description, standardSchema: answer.schema };
  const content = Object.entries(answer.files).map(([type, { example }]) => [
    type,
    type.startsWith('text/')
      ? { schema: { type: 'string' }, ...(example === undefined ? {} : { example }) }
      : { schema: { type: 'string', format: 'binary' } },
  ]);
  return { description, content: Object.fromEntries(content) };
}

/** The schema as OpenAPI writes it, whole: nothing in it refers to components. */
function openApiOf(schema: z.core.$ZodType): Schema {
  const { $schema: _, ...converted } = z.toJSONSchema(schema, {
    target: 'openapi-3.0',
    io: 'input',
    // A name makes a component of a schema; here it is written where it is used.
    metadata: z.registry(),
  });
  return JSON.parse(JSON.stringify(converted));
}
