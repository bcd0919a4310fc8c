import { Body, Controller } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { hashOfKey, isKeyText, revokeKeyByHash } from '#access';
import { leakedKey, type LeakedKey, type LeakedKeyEnded } from '#contracts/http';
import { withTransaction } from '#database';
import { Route } from '#http';

@Controller()
export class LeakedKeyController {
  constructor(private readonly dataSource: DataSource) {}

  @Route('POST /v1/api-keys/leaked')
  async end(@Body({ schema: leakedKey }) { key }: LeakedKey): Promise<LeakedKeyEnded> {
    if (!isKeyText(key)) return { ended: false };
    const ended = await withTransaction(this.dataSource, (tx) => revokeKeyByHash(tx, hashOfKey(key), 'found leaked'));
    return { ended: ended !== undefined };
  }
}
