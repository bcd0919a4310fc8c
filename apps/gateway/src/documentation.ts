import { get, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import type { z } from 'zod';
import { type ProblemOptions } from '#http/server';
import type { Logger } from '#observability';
import { UPSTREAM_AWAY } from './forward.ts';
import { mergeDocuments, openApiDocument } from './merge-documents.ts';
import { redocFiles } from './redoc.ts';

/** A document has about 100 kB. More is no document of ours. */
const DOCUMENT_BYTES_MAX = 8 * 1024 * 1024;
const TIMEOUT_MS = 5_000;

/** The page of billing-api loads this script. Here it shows the document of the whole system, not that of one app. */
const PAGE_SCRIPT = `window.onload = () => {
  window.ui = SwaggerUIBundle({
    url: '/docs-json',
    dom_id: '#swagger-ui',
    deepLinking: true,
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    layout: 'StandaloneLayout',
  });
};
`;

interface Documentation {
  /** Base URLs of the APIs. The first one's title is that of the whole. */
  readonly upstreams: readonly [URL, ...URL[]];
  /** The headers with which the APIs are asked: a host that they answer, and the client, whose requests they count. */
  readonly headers: OutgoingHttpHeaders;
  readonly logger: Logger;
  readonly refuse: (problem: ProblemOptions) => void;
}

/** Answers /docs-json, the script of /docs and /redoc itself. False for any other request, which is not touched. */
export function answerDocumentation(
  request: IncomingMessage,
  response: ServerResponse,
  { upstreams, headers, logger, refuse }: Documentation,
): boolean {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const [path = ''] = (request.url ?? '').split('?');
  const redocFile = redocFiles.get(path);
  if (!isRead || (path !== '/docs-json' && path !== '/docs/swagger-ui-init.js' && redocFile === undefined))
    return false;
  Object.assign(request, { route: { path } });
  if (redocFile !== undefined) {
    void answerFile(response, redocFile, { logger, refuse });
    return true;
  }
  if (path === '/docs/swagger-ui-init.js') {
    answer(response, 'text/javascript; charset=utf-8', PAGE_SCRIPT);
    return true;
  }
  void answerWhole(response, { upstreams, headers, logger, refuse });
  return true;
}

async function answerFile(
  response: ServerResponse,
  { type, read }: { readonly type: string; readonly read: () => Promise<string | Buffer> },
  { logger, refuse }: Pick<Documentation, 'logger' | 'refuse'>,
): Promise<void> {
  try {
    answer(response, type, await read());
  } catch (error) {
    logger.error('a file of the documentation cannot be read', { event: 'gateway.documents', error });
    if (!response.headersSent) refuse(FILE_MISSING);
  }
}

const FILE_MISSING: ProblemOptions = {
  status: 500,
  code: 'INTERNAL_SERVER_ERROR',
  title: 'Internal Server Error',
  detail: 'The page cannot be shown. /docs shows the same routes.',
};

async function answerWhole(
  response: ServerResponse,
  { upstreams, headers, logger, refuse }: Documentation,
): Promise<void> {
  const [first, ...others] = upstreams;
  try {
    const [head, ...tail] = await Promise.all([
      documentOf(first, headers),
      ...others.map((upstream) => documentOf(upstream, headers)),
    ]);
    answer(response, 'application/json; charset=utf-8', JSON.stringify(mergeDocuments([head, ...tail])));
  } catch (error) {
    logger.warn('the documents of the APIs cannot be merged', { event: 'gateway.documents', error });
    if (!response.headersSent) refuse(UPSTREAM_AWAY);
  }
}

function answer(response: ServerResponse, type: string, body: string | Buffer): void {
  response.setHeader('Content-Type', type);
  response.setHeader('Cache-Control', 'no-cache');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

async function documentOf(upstream: URL, headers: OutgoingHttpHeaders): Promise<z.infer<typeof openApiDocument>> {
  const received = await new Promise<IncomingMessage>((resolve, reject) => {
    get(new URL('/docs-json', upstream), { headers, timeout: TIMEOUT_MS }, resolve)
      .once('timeout', function (this: { destroy(error: Error): void }) {
        this.destroy(new Error('no document in time'));
      })
      .once('error', reject);
  });
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of received) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > DOCUMENT_BYTES_MAX) throw new Error('the document is too large');
    chunks.push(chunk);
  }
  if (received.statusCode !== 200) throw new Error(`${upstream.host} answered ${String(received.statusCode)}`);
  return openApiDocument.parse(JSON.parse(Buffer.concat(chunks).toString()));
}
