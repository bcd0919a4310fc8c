import { Inject, Injectable } from '@nestjs/common';
import type { Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { claimPart, recordPart, restOf, rowMetrics, type RowMetrics } from '#batches';
import { done, reject, type Delivery, type Handler, type Outcome } from '#broker';
import { calendarDateIn } from '#calendar';
import { withTransaction } from '#database';
import { enqueue, enqueueAll } from '#outbox';
import { METRICS } from '#process';
import { composeBoletos } from './compose-boletos.ts';
import { findAccounts, findDebts, findIssuing, hintMail, insertBoletos, reserveBlock } from './issue.queries.ts';
import { uuidsV7 } from './uuid-v7.ts';
import { warmUpComposing } from './warm-up.ts';

export const TIME_ZONE = Symbol('time zone');

/** More would delay the start. */
const BANKS_WARMED_UP = 4;

type IssueQueue = 'boleto-generator.chunks' | 'boleto-generator.suspects';

/** chunk.validated.v1 → one boleto for each debt of the part. */
@Injectable()
export class IssueChunkHandler implements Handler<IssueQueue> {
  readonly queues = ['boleto-generator.chunks', 'boleto-generator.suspects'] as const;
  readonly #rows: RowMetrics;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(TIME_ZONE) private readonly timeZone: string,
    @Inject(METRICS) metrics: Registry,
  ) {
    this.#rows = rowMetrics(metrics, 'issue');
  }

  async warmUp(): Promise<void> {
    const accounts = await findAccounts(this.dataSource.manager, BANKS_WARMED_UP);
    await warmUpComposing(accounts, calendarDateIn(this.timeZone, new Date()));
  }

  async handle({ message: part, commit, isAlone }: Delivery<IssueQueue>): Promise<Outcome> {
    const issuing = await findIssuing(this.dataSource.manager, part.batchId);
    if (issuing === undefined) return reject(`batch ${part.batchId} does not exist`);
    if (issuing.batchStatus === 'cancelled') return done;
    const debts = await findDebts(this.dataSource.manager, part);
    const { count } = debts;
    if (count === 0) return done;

    const now = new Date();
    const issuedOn = calendarDateIn(this.timeZone, now);
    const first = await withTransaction(
      this.dataSource,
      async (tx) => await reserveBlock(tx, part, issuing, { count, day: issuedOn }),
    );
    const { issuerId, account } = issuing;
    if (first === undefined) {
      return reject(
        `the account of issuer ${issuerId} has no nosso número left: register an issuer with another account (docs/runbook.md)`,
      );
    }
    const { boletos, total } = composeBoletos(account, debts, first, uuidsV7(count, now.getTime()));
    const outcome = await commit(async (tx) => {
      if (!(await claimPart(tx, 'issue', part))) {
        // No other message need be about the rest of neighbours that are tried again together (ADR 33).
        if (isAlone) await enqueueAll(tx, 'suspect.validated.v1', await restOf(tx, 'issue', part));
        return done;
      }
      const issued = await insertBoletos(tx, { part, issuedOn }, boletos);
      if (issued !== count) throw new Error(`${issued.toString()} boletos of ${count.toString()} were stored`);
      await recordPart(tx, 'issue', part, { rows: count, accepted: count, centavos: total });
      await enqueue(tx, 'chunk.issued.v1', part);
      await hintMail(tx, part);
      return done;
    });
    this.#rows.rows('accepted', count);
    return outcome;
  }
}
