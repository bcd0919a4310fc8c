import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { SETTINGS, type UploadSettings } from './config.ts';

interface RoutedRequest extends IncomingMessage {
  /** Path and query, as asked for. */
  readonly originalUrl: string;
}

/** One base URL is enough for a client: what only billing-api can answer is sent on to it. */
@ApiExcludeController()
@Controller()
export class RedirectsController {
  constructor(@Inject(SETTINGS) private readonly settings: Pick<UploadSettings, 'BILLING_API_URL'>) {}

  @Get(['v1/batches', 'v1/batches/*path', 'v1/boletos', 'v1/boletos/*path', 'v1/exports', 'v1/exports/*path'])
  toReceivables(@Req() request: RoutedRequest, @Res() response: ServerResponse): void {
    // The target's origin is ours, whatever was asked for: the path starts with /v1/.
    response.writeHead(307, { Location: `${this.settings.BILLING_API_URL}${request.originalUrl}` }).end();
  }
}
