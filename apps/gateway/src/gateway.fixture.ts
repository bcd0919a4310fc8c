import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { readConfig } from '#config';
import { configSchema } from './config.ts';
import { startGateway, type Gateway } from './gateway.ts';

interface Seen {
  readonly app: 'upload-api' | 'billing-api';
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export interface Lab {
  readonly gateway: Gateway;
  readonly origin: string;
  readonly managementOrigin: string;
  /** Every request that an app behind the gateway was sent. */
  readonly seen: readonly Seen[];
  readonly apps: Readonly<Record<Seen['app'], Server>>;
  readonly lines: readonly string[];
}

/** The gateway before two servers, which answer with `answer`. */
export async function startLab(
  answer: RequestListener = (_request, response) => response.end('ok'),
  environment: Readonly<Record<string, string>> = {},
): Promise<Lab> {
  const seen: Seen[] = [];
  const serverOf = (app: Seen['app']): Server =>
    createServer((request, response) => {
      seen.push({ app, request, response });
      answer(request, response);
    });
  const apps = { 'upload-api': serverOf('upload-api'), 'billing-api': serverOf('billing-api') };
  const urls = await Promise.all(Object.values(apps).map(listen));
  const lines: string[] = [];
  const logStream = new PassThrough();
  logStream.on('data', (line: Buffer) => lines.push(line.toString()));
  const config = readConfig(configSchema, {
    HTTP_PORT: '0',
    PUBLIC_URL: 'https://billing.example',
    UPLOAD_API_URL: urls[0],
    BILLING_API_URL: urls[1],
    SHUTDOWN_GRACE_MS: '5000',
    ...environment,
  });
  const gateway = await startGateway(config, logStream);
  onTestFinished(async () => {
    await gateway.stop();
    for (const app of Object.values(apps)) app.close().closeAllConnections();
  });
  return { gateway, origin: at(gateway.port), managementOrigin: at(gateway.managementPort), seen, apps, lines };
}

const at = (port: number): string => `http://127.0.0.1:${port.toString()}`;

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no TCP address');
  return at(address.port);
}

/** Sends bytes as they are; gives all that comes back until the connection is closed. */
export async function sendRaw({ gateway }: Lab, bytes: string): Promise<string> {
  const socket = connect(gateway.port, '127.0.0.1');
  socket.on('error', () => undefined); // a reset is an answer too
  socket.write(bytes);
  return await text(socket).catch(() => '');
}
