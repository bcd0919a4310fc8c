import fc from 'fast-check';

/** The parts of an operation of an OpenAPI document that are needed to send requests. */
export interface Operation {
  readonly method: string;
  /** The path with its parameters in braces: /v1/batches/{id}. */
  readonly path: string;
  readonly queryNames: readonly string[];
  readonly headerNames: readonly string[];
  readonly bodyType: 'json' | 'multipart' | 'urlencoded' | undefined;
  /** Names of the body's fields. */
  readonly bodyNames: readonly string[];
  /** Every documented status of its answers. */
  readonly statuses: readonly number[];
  /** The codes that the documented refusals name, by status. */
  readonly codes: Readonly<Record<number, readonly string[]>>;
}

interface OpenApiSchema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, OpenApiSchema>>;
}

interface OpenApiOperation {
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: OpenApiSchema }>> };
  readonly responses: Readonly<Record<string, { readonly description?: string }>>;
}

interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, OpenApiSchema>> };
}

/** A code in the description of a refusal: FIELD_INVALID · ID_INVALID. */
const CODE = /\b[A-Z][A-Z\d]*(?:_[A-Z\d]+)+\b|\b[A-Z]{4,}\b/g;

/** Every operation that a running app documents. */
export async function documentedOperations(origin: string): Promise<readonly Operation[]> {
  const document: OpenApiDocument = JSON.parse(await (await fetch(`${origin}/docs-json`)).text());
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => readOperation(document, { method, path, operation })),
  );
}

function readOperation(
  document: OpenApiDocument,
  found: { readonly method: string; readonly path: string; readonly operation: OpenApiOperation },
): Operation {
  const { parameters = [], requestBody, responses } = found.operation;
  const namesIn = (place: string): readonly string[] =>
    parameters.filter((each) => each.in === place).map(({ name }) => name);
  const json = requestBody?.content['application/json'];
  const multipart = requestBody?.content['multipart/form-data'];
  const urlEncoded = requestBody?.content['application/x-www-form-urlencoded'];
  const schema = (json ?? multipart ?? urlEncoded)?.schema;
  const named = document.components?.schemas?.[schema?.$ref?.split('/').at(-1) ?? ''];
  return {
    method: found.method.toUpperCase(),
    path: found.path,
    queryNames: namesIn('query'),
    headerNames: namesIn('header'),
    bodyType: json ? 'json' : multipart ? 'multipart' : urlEncoded && 'urlencoded',
    bodyNames: Object.keys((named ?? schema)?.properties ?? {}),
    statuses: Object.keys(responses).map(Number),
    codes: Object.fromEntries(
      Object.entries(responses).map(([status, { description = '' }]) => [status, description.match(CODE) ?? []]),
    ),
  };
}

/** Refusals that can meet every operation before its handler sees the request, and that this one does not document. */
export function undocumentedRefusals(operation: Operation): readonly string[] {
  const { method, path, queryNames, headerNames, bodyType, statuses } = operation;
  const expected = [
    421,
    431,
    503,
    ...(method === 'GET' ? [] : [403]),
    ...(bodyType === undefined ? [] : [400, 408, 413, 415]),
    ...(queryNames.length + headerNames.length === 0 ? [] : [400]),
    ...(path.includes('{') ? [404, 429] : []),
  ];
  return expected
    .filter((status) => !statuses.includes(status))
    .map((status) => `${method} ${path}: ${status.toString()}`);
}

/** A request that fetch can send. */
interface HostileRequest {
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | FormData | URLSearchParams | undefined;
}

/** Texts that break databases and parsers more often than random ones do. */
const hostileText = fc.oneof(
  fc.constantFrom('\u0000', 'a\u0000b', '\uD800', '\u202E', '%', "'", '-1', '1e9', '9'.repeat(30), 'NaN', '0x10', ' '),
  fc.constantFrom('__proto__', 'constructor', '[]', '{}', 'null', '\r\n', '../../etc/passwd', "' or 1=1 --"),
  fc.constantFrom('0000-01-01T00:00:00Z', '2026-02-31T00:00:00Z', '9999-12-31T23:59:59-23:59', '2026-11-28T24:00:00Z'),
  // Three of them fit the limit of headers. Beyond the limit the answer might arrive before the body is sent.
  fc.constant('x'.repeat(3_000)),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.uuid(),
  fc.integer().map(String),
);

const hostileJson = fc.oneof(
  hostileText,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.array(hostileText, { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('name', 'document', 'reason', 'from', 'key', '__proto__', 'length'), hostileText),
  fc.constant(JSON.parse('['.repeat(500) + ']'.repeat(500)) as unknown),
);

/** Headers that servers act on, in addition to those that the operation names. */
const HEADERS = ['Range', 'If-Range', 'If-None-Match', 'Accept', 'X-Request-Id', 'X-Forwarded-For', 'Last-Event-ID'];
const headerText = fc.oneof(
  fc.constantFrom('bytes=0-0', 'bytes=9-1', 'bytes=-0', 'bytes=0-1,3-4', 'bytes=99999999999999999999-', 'é', '*', '"'),
  fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength: 60 }),
);

/**
 * Requests for an operation with arbitrary parameters, headers and body. `known` are existing ids. Some of the requests
 * use one, so that they get further than the first look-up.
 */
function hostileRequests(operation: Operation, known: readonly string[] = []): fc.Arbitrary<HostileRequest> {
  const places = operation.path.split(/\{[^{}]*\}/);
  const id = fc.oneof(hostileText, ...(known.length === 0 ? [] : [fc.constantFrom(...known)]));
  const { queryNames, headerNames } = operation;
  return fc.record({
    target: fc
      .tuple(
        fc.array(id, { minLength: places.length - 1, maxLength: places.length - 1 }),
        fc.dictionary(fc.constantFrom(...queryNames, 'limit', 'unknown', '__proto__'), hostileText, { maxKeys: 3 }),
      )
      .map(([ids, query]) => targetOf(places, ids, query)),
    headers: fc
      .tuple(
        fc.dictionary(fc.constantFrom(...HEADERS, ...headerNames), headerText, { maxKeys: 2 }),
        contentType(operation.bodyType),
      )
      .map(([headers, type]) => Object.assign(headers, type)),
    body: bodyOf(operation),
  });
}

function targetOf(places: readonly string[], ids: readonly string[], query: Record<string, string>): string {
  const [first = '', ...rest] = places;
  const path = rest.reduce((text, place, at) => `${text}${pathSegment(ids[at] ?? '')}${place}`, first);
  const search = new URLSearchParams(query).toString();
  return search === '' ? path : `${path}?${search}`;
}

/** A path segment that remains one. fetch would turn an empty segment or dots into another path. */
function pathSegment(text: string): string {
  return /^\.{0,2}$/.test(text) ? '0' : encodeURIComponent(text.slice(0, 2_000).toWellFormed());
}

function contentType(bodyType: Operation['bodyType']): fc.Arbitrary<Record<string, string>> {
  if (bodyType !== 'json') return fc.constant({});
  const usual = { weight: 8, arbitrary: fc.constant({ 'Content-Type': 'application/json' }) };
  const types = [
    'application/json; charset=utf-16',
    'application/json; charset=x',
    'text/plain',
    'multipart/form-data',
  ];
  const unusual = fc.oneof(
    fc.constantFrom(...types).map((type) => ({ 'Content-Type': type })),
    fc.constantFrom('gzip', 'br', 'x').map((encoding) => ({
      'Content-Type': 'application/json',
      'Content-Encoding': encoding,
    })),
  );
  return fc.oneof(usual, { weight: 2, arbitrary: unusual });
}

function bodyOf({ bodyType, bodyNames }: Operation): fc.Arbitrary<HostileRequest['body']> {
  const names = fc.constantFrom(...bodyNames, 'unknown', '__proto__');
  if (bodyType === undefined) return fc.constant(undefined);
  if (bodyType === 'json') {
    const fields = fc.dictionary(names, hostileJson, { maxKeys: 5 }).map((body) => JSON.stringify(body));
    return fc.oneof(
      { weight: 8, arbitrary: fields },
      {
        weight: 1,
        arbitrary: fc.oneof(
          hostileJson.map((value) => JSON.stringify(value)),
          hostileText,
        ),
      },
      { weight: 1, arbitrary: fc.constant(JSON.stringify({ name: 'x'.repeat(200_000) })) },
    );
  }
  if (bodyType === 'urlencoded') {
    const fields: fc.Arbitrary<[string, string][]> = fc.array(fc.tuple(names, hostileText), { maxLength: 30 });
    return fields.map((pairs) => new URLSearchParams(pairs));
  }
  const part = fc.tuple(names, hostileText, fc.boolean());
  return fc.array(part, { maxLength: 6 }).map((parts) => {
    const form = new FormData();
    for (const [name, text, isFile] of parts) {
      if (isFile || name === 'file') form.append(name, new Blob([text]), text.toWellFormed().slice(0, 300));
      else form.append(name, text);
    }
    return form;
  });
}

/** Text that reveals how the system is built or what it was doing. */
const INSIDES =
  /node_modules|\bat \S+ \(|\.[cm]?[jt]s:\d|QueryFailed|TypeError|syntax error at|relation "|ECONN|\/apps\/|\/libs\//;

/** The fault of an answer to a hostile request; undefined if there is none. Reads the answer to its end. */
async function faultOf(operation: Operation, response: Response): Promise<string | undefined> {
  const type = response.headers.get('content-type') ?? '';
  if (type.startsWith('text/event-stream')) {
    await response.body?.cancel();
    return undefined;
  }
  const text = await response.text();
  const { status } = response;
  if (!operation.statuses.includes(status) && status !== 206)
    return `answers ${status.toString()}, which it does not document: ${text.slice(0, 300)}`;
  if (status >= 500 && status !== 503) return `answers ${status.toString()}`;
  if (status < 400) return undefined;
  if (type !== 'application/problem+json') return `answers ${status.toString()} as ${type}`;
  if (INSIDES.test(text)) return `tells of its insides: ${text.slice(0, 300)}`;
  const { code, title, detail } = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const isWhole = [code, title, detail].every((each) => typeof each === 'string' && each !== '');
  if (!isWhole) return `says too little: ${text.slice(0, 300)}`;
  const isDocumented = operation.codes[status]?.some((each) => each === code) === true;
  return isDocumented ? undefined : `answers ${status.toString()} with ${String(code)}, which it does not document`;
}

/**
 * Sends `options.requests` hostile requests to one operation. Rejects with the smallest request that was answered
 * wrongly, and the seed that repeats the run.
 */
export async function attack(
  origin: string,
  operation: Operation,
  options: { readonly requests: number; readonly known?: readonly string[] },
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(hostileRequests(operation, options.known), async ({ target, headers, body }) => {
      const response = await fetch(`${origin}${target}`, {
        method: operation.method,
        headers,
        redirect: 'manual',
        ...(body === undefined ? {} : { body }),
      });
      const fault = await faultOf(operation, response);
      if (fault !== undefined) throw new Error(`${operation.method} ${operation.path} ${fault}`);
    }),
    { numRuns: options.requests },
  );
}
