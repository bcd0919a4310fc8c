import { Controller, Inject, Param, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Actor, Caller, mayDo, Tenancy, type Principal } from '#access';
import { recordAudit, type AuditActor } from '#audit';
import { banks, formatLinhaDigitavel } from '#boleto';
import { createPrinter } from '#boleto-page';
import { loadBoletoDocuments } from '#boleto-page-data';
import type { BoletoView } from '#contracts/http';
import { idPipe, notFound, Route } from '#http';
import { addLogContext } from '#observability';
import { formatDocument, maskDocument } from '#tax-ids';
import { PUBLIC_URL } from '../tokens.ts';
import { findBoleto, hasBoleto, type BoletoFacts } from './boletos.queries.ts';

const printer = createPrinter();

@Controller()
export class BoletosController {
  constructor(
    private readonly tenancy: Tenancy,
    @Inject(PUBLIC_URL) private readonly baseUrl: string,
  ) {}

  // Before the route of the boleto itself, which would take `.pdf` for a part of the id.
  @Route('GET /v1/boletos/{id}.pdf')
  async pdf(
    @Caller() caller: Principal,
    @Param('id', idPipe) id: string,
    @Actor() actor: AuditActor,
    @Res() response: Response,
  ): Promise<void> {
    addLogContext({ boletoId: id });
    const [loaded] = await this.tenancy.readAsTenant(caller, async (db) =>
      (await hasBoleto(db, id)) ? await loadBoletoDocuments(db, { boletoIds: [id] }) : [],
    );
    if (loaded === undefined) throw notFound('boleto', id);
    const bytes = printer.print(loaded.document);
    await this.#recordShown(caller, actor, { id, fields: ['name', 'document', 'address'] });
    response.setHeader('Content-Type', 'application/pdf');
    response.setHeader('Content-Disposition', `inline; filename="boleto-${id}.pdf"`);
    response.send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  @Route('GET /v1/boletos/{id}')
  async get(
    @Caller() caller: Principal,
    @Param('id', idPipe) id: string,
    @Actor() actor: AuditActor,
  ): Promise<BoletoView> {
    const boleto = await this.tenancy.readAsTenant(caller, (db) => findBoleto(db, id));
    if (boleto === undefined) throw notFound('boleto', id);
    addLogContext({ batchId: boleto.batchId });
    const isWhole = mayDo(caller, 'debtors:pii');
    if (isWhole) await this.#recordShown(caller, actor, { id, fields: ['document'] });
    return boletoView(boleto, { baseUrl: this.baseUrl, isWhole });
  }

  /** Before anything is sent: what could not be put on record is not shown. */
  async #recordShown(
    caller: Principal,
    actor: AuditActor,
    { id, fields }: { readonly id: string; readonly fields: string[] },
  ): Promise<void> {
    await this.tenancy.withTenant(caller, async (tx) => {
      await recordAudit(tx, actor, { action: 'pii.shown', target: { kind: 'boleto', id }, details: { fields } });
    });
  }
}

/** `isWhole`: with the whole document of the payer, which is masked otherwise. */
function boletoView(
  boleto: BoletoFacts,
  { baseUrl, isWhole }: { readonly baseUrl: string; readonly isWhole: boolean },
): BoletoView {
  const { id, status, issuedOn, codigoBarras, linhaDigitavel, debtId, dueDate, line, payer, issuer } = boleto;
  const bankName = banks().find(({ code }) => code === issuer.bankCode)?.name ?? issuer.bankCode;
  const self = `${baseUrl}/v1/boletos/${id}`;
  return {
    id,
    status,
    issuedOn,
    nossoNumero: boleto.nossoNumeroImpresso,
    codigoBarras,
    linhaDigitavel,
    linhaDigitavelFormatted: formatLinhaDigitavel(linhaDigitavel),
    debt: { debtId, amountCentavos: boleto.amountCentavos.toString(), dueDate, line },
    payer: { name: payer.name, document: isWhole ? formatDocument(payer.document) : maskDocument(payer.document) },
    issuer: { ...issuer, bankName },
    notification: { status: boleto.notification ?? 'pending' },
    links: { self, pdf: `${self}.pdf`, batch: `${baseUrl}/v1/batches/${boleto.batchId}` },
  };
}
