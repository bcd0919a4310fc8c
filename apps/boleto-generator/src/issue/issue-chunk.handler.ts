import { Inject, Injectable } from '@nestjs/common';
import type { Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { claimPart, recordPart } from '#accounting';
import { composerFor, nossoNumeroMax, type BankAccount } from '#boleto';
import { calendarDateIn } from '#calendar';
import { withTransaction } from '#database';
import { done, enqueue, reject, type Delivery, type Handler, type Outcome } from '#messaging';
import { rowMetrics, type RowMetrics } from '#observability';
import { centavos } from '#money';
import { METRICS } from '#service';
import {
  findDebts,
  findIssuing,
  insertBoletos,
  reserveBlock,
  type DebtsToIssue,
  type NewBoletos,
} from './issue.queries.ts';
import { uuidsV7 } from './uuid-v7.ts';

export const TIME_ZONE = Symbol('time zone');

/** chunk.validated.v1 → one boleto for each debt of the part. */
@Injectable()
export class IssueChunkHandler implements Handler<'boleto-generator.chunks'> {
  readonly queue = 'boleto-generator.chunks';
  private readonly rows: RowMetrics;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(TIME_ZONE) private readonly timeZone: string,
    @Inject(METRICS) metrics: Registry,
  ) {
    this.rows = rowMetrics(metrics, 'issue');
  }

  async handle({
    message: part,
    commit,
  }: Delivery<'boleto-generator.chunks' | 'boleto-generator.suspects'>): Promise<Outcome> {
    const issuing = await findIssuing(this.dataSource.manager, part.batchId);
    if (issuing === undefined) return reject(`batch ${part.batchId} does not exist`);
    if (issuing.batchStatus === 'cancelled') return done;
    const debts = await findDebts(this.dataSource.manager, part);
    const count = debts.ids.length;
    if (count === 0) return done;

    const { issuerId, account } = issuing;
    const first = await withTransaction(
      this.dataSource,
      async (tx) => await reserveBlock(tx, part, issuerId, count, nossoNumeroMax(account)),
    );
    if (first === undefined) return reject(`issuer ${issuerId} has no nosso número left: give it a new convênio`);

    const now = new Date();
    const { boletos, total } = composeAll(account, debts, first, uuidsV7(count, now.getTime()));
    const issuedOn = calendarDateIn(this.timeZone, now);
    const outcome = await commit(async (tx) => {
      if (!(await claimPart(tx, 'issue', part))) return done;
      await insertBoletos(tx, { part, issuedOn }, boletos);
      await recordPart(tx, 'issue', part, { rows: count, accepted: count, centavos: total });
      await enqueue(tx, 'chunk.issued.v1', part);
      return done;
    });
    this.rows.rows('accepted', count);
    return outcome;
  }
}

/**
 * Numbers follow the lines of the file; the same part composed again gives the same boletos. Column by column, as they
 * are read and written: an object for each of a chunk's boletos, and one more for what it prints, would keep the
 * garbage collector as busy as the check digits keep us.
 */
function composeAll(
  account: BankAccount,
  debts: DebtsToIssue,
  first: bigint,
  ids: Uint8Array,
): { readonly boletos: NewBoletos; readonly total: bigint } {
  const compose = composerFor(account);
  const boletos = {
    ids,
    debtIds: debts.ids,
    sequences: [] as bigint[],
    nossosNumerosImpressos: [] as string[],
    codigosBarras: [] as string[],
    linhasDigitaveis: [] as string[],
  };
  let total = 0n;
  let sequence = first;
  for (const [index, dueDate] of debts.dueDates.entries()) {
    const amount = centavos(BigInt(debts.amounts[index] ?? ''));
    const composed = compose({ sequence, amount, dueDate });
    boletos.sequences.push(sequence);
    boletos.nossosNumerosImpressos.push(composed.nossoNumeroImpresso);
    boletos.codigosBarras.push(composed.codigoBarras);
    boletos.linhasDigitaveis.push(composed.linhaDigitavel);
    total += amount;
    sequence += 1n;
  }
  return { boletos, total };
}
