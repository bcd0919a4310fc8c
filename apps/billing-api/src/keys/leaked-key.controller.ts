import { Body, Controller, Ip } from '@nestjs/common';
import { LeakedKeys } from '#access';
import { networkOf } from '#audit';
import { leakedKey, type LeakedKey, type LeakedKeyEnded } from '#contracts/http';
import { Route } from '#http';

@Controller()
export class LeakedKeyController {
  constructor(private readonly leakedKeys: LeakedKeys) {}

  @Route('POST /v1/api-keys/leaked')
  async end(@Body({ schema: leakedKey }) { key }: LeakedKey, @Ip() ip: string): Promise<LeakedKeyEnded> {
    return { ended: await this.leakedKeys.end(key, networkOf(ip)) };
  }
}
