import { Controller, Inject, Post, Redirect, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request } from 'express';
import { UPLOAD_URL } from './tokens.ts';

/** One address works for everything: what changes a batch is sent on to upload-api, method and body unchanged (307). */
@ApiExcludeController()
@Controller('v1/batches')
export class UploadsController {
  constructor(@Inject(UPLOAD_URL) private readonly uploadUrl: string) {}

  @Post(['', ':id/cancel', ':id/exports'])
  @Redirect()
  toUploadApi(@Req() request: Request): { readonly url: string; readonly statusCode: number } {
    return { url: `${this.uploadUrl}${request.originalUrl}`, statusCode: 307 };
  }
}
