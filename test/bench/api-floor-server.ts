// The least a server can do for what the API does: `node api-floor-server.js PORT FILE`. Run by api.bench.ts.
//   POST /upload   a multipart body, parsed as the app parses it, its file hashed and forgotten
//   GET  /file     the bytes of FILE
//   GET  /small    a JSON text of about the size of a batch
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Busboy } from '@fastify/busboy';

const [port = '', file = ''] = process.argv.slice(2);
const small = JSON.stringify({ text: 'x'.repeat(1_900) });

type Route = (request: IncomingMessage, response: ServerResponse) => void;

const routes: Readonly<Record<string, Route>> = {
  'POST /upload': (request, response) => {
    const hash = createHash('sha256');
    const { 'content-type': contentType = '' } = request.headers;
    const parser = new Busboy({ headers: { ...request.headers, 'content-type': contentType } });
    parser.on('file', (_field, source) => {
      source.on('data', (block: Buffer) => hash.update(block));
    });
    parser.on('finish', () => response.end(hash.digest('hex')));
    request.pipe(parser);
  },
  'GET /file': (_request, response) => {
    createReadStream(file).pipe(response);
  },
  'GET /small': (_request, response) => {
    response.setHeader('Content-Type', 'application/json').end(small);
  },
};

createServer((request, response) => {
  const route = routes[`${request.method ?? ''} ${request.url ?? ''}`];
  if (route === undefined) response.writeHead(404).end();
  else route(request, response);
}).listen(Number(port), '127.0.0.1');
