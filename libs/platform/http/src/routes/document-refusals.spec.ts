import { Body, Controller, Get, Headers, Module, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiParam, ApiResponse, type OpenAPIObject } from '@nestjs/swagger';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createLogger } from '#observability';
import { createHttpApp } from '../app/create-http-app.ts';
import { problemSchema } from '../problems/problem.ts';
import { idPipe } from './ids.ts';

const fields = z.strictObject({ name: z.string() });

@Controller('v1/things')
class ThingsController {
  @Get()
  list(@Query({ schema: fields }) query: z.output<typeof fields>): object {
    return query;
  }

  @Post()
  @ApiResponse({ status: 503, description: 'THINGS_FULL', standardSchema: problemSchema })
  @ApiResponse({ status: 400, description: 'FIELD_INVALID · THING_BAD', standardSchema: problemSchema })
  change(@Body({ schema: fields }) body: z.output<typeof fields>): object {
    return body;
  }

  @Post('again')
  @ApiHeader({ name: 'X-Operator', required: false })
  again(@Headers('x-operator') operator: string | undefined): object {
    return { operator };
  }

  @Post(':id/file')
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiConsumes('multipart/form-data')
  @ApiBody({ schema: { type: 'object', properties: { file: { type: 'string', format: 'binary' } } } })
  upload(@Param('id', idPipe) id: string): object {
    return { id };
  }
}

@Module({ controllers: [ThingsController] })
class ThingsModule {}

let document: OpenAPIObject;
let close: () => Promise<void>;

beforeAll(async () => {
  const app = await createHttpApp(
    { module: ThingsModule },
    {
      logger: createLogger({ service: 'test', version: '0', level: 'error' }),
      metrics: new Registry(),
      documentation: { title: 'Things', description: 'For tests', version: '1' },
      isUnavailable: () => false,
      hosts: { baseUrls: ['https://billing.example'], names: [] },
      clients: { trustedProxies: [], connectionsMax: 100, missesPerMinute: 60, replicas: 1 },
    },
  );
  close = () => app.close();
  await app.listen(0, '127.0.0.1');
  document = (await (await fetch(`${await app.getUrl()}/docs-json`)).json()) as OpenAPIObject;
});

afterAll(() => close());

/** Status and codes of every refusal. */
function refusals(method: 'get' | 'post', path: string): Record<string, string> {
  const responses = Object.entries(document.paths[path]?.[method]?.responses ?? {});
  return Object.fromEntries(
    responses.flatMap(([status, response]) =>
      Number(status) >= 400 && response !== undefined && 'description' in response
        ? [[status, response.description] as const]
        : [],
    ),
  );
}

test('an operation lists what it is refused with before its handler sees it', () => {
  expect(refusals('get', '/v1/things')).toEqual({
    400: 'FIELD_INVALID',
    421: 'HOST_UNKNOWN',
    429: 'RATE_LIMITED',
    431: 'HEADERS_TOO_LARGE',
    503: 'UNAVAILABLE',
  });
  expect(refusals('post', '/v1/things/{id}/file')).toEqual({
    400: 'ID_INVALID',
    403: 'ORIGIN_REFUSED',
    408: 'REQUEST_TIMEOUT',
    421: 'HOST_UNKNOWN',
    429: 'RATE_LIMITED',
    431: 'HEADERS_TOO_LARGE',
    503: 'UNAVAILABLE',
  });
});

test('an operation that reads a header can find it invalid', () => {
  expect(refusals('post', '/v1/things/again')).toMatchObject({ 400: 'FIELD_INVALID' });
});

test('codes of its own stand first, and none twice', () => {
  expect(refusals('post', '/v1/things')).toEqual({
    400: 'FIELD_INVALID · THING_BAD · BAD_REQUEST',
    403: 'ORIGIN_REFUSED',
    408: 'REQUEST_TIMEOUT',
    413: 'PAYLOAD_TOO_LARGE',
    415: 'UNSUPPORTED_MEDIA_TYPE',
    421: 'HOST_UNKNOWN',
    429: 'RATE_LIMITED',
    431: 'HEADERS_TOO_LARGE',
    503: 'THINGS_FULL · UNAVAILABLE',
  });
});

test('a refusal is documented as the problem that is sent', () => {
  expect(document.paths['/v1/things']?.post?.responses['503']).toMatchObject({
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  });
  expect(document.components?.schemas?.['Problem']).toMatchObject({ properties: { code: { type: 'string' } } });
});
