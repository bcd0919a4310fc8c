import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { limits } from '#contracts/http';
import { returnTokens, takeTokens, type Rate } from '#token-buckets';
import type { Sender } from '../claims/mail-turns.queries.ts';

const DAY_SECONDS = 86_400;

/** The limit of e-mails a day of each organization, for all replicas together. What is beyond it waits. */
@Injectable()
export class DailyEmails {
  constructor(private readonly dataSource: DataSource) {}

  /** How many of the `wanted` e-mails the organization may send now. Return those that were not sent. */
  async take(sender: Sender, wanted: number): Promise<number> {
    if (wanted === 0) return 0;
    const { granted } = await takeTokens(this.dataSource.manager, { ...bucketOf(sender), wanted });
    return granted;
  }

  async giveBack(sender: Sender, tokens: number): Promise<void> {
    if (tokens > 0) await returnTokens(this.dataSource.manager, { ...bucketOf(sender), tokens });
  }
}

function bucketOf({ organizationId, emailsPerDay }: Sender): { readonly name: string; readonly rate: Rate } {
  const perDay = emailsPerDay ?? limits.emails.limit.max;
  return { name: `mail:${organizationId}`, rate: { ratePerSecond: perDay / DAY_SECONDS, burst: perDay } };
}
