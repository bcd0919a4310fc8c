import type { DataSource } from 'typeorm';
import { loadBoletoDocuments, type LoadedBoleto } from '#boleto-page-data';
import { isRetryable } from '#database';
import { classifySmtpError } from '../smtp/classify-smtp-error.ts';
import type { Attempt } from './boleto-mailer.ts';

/** Boletos to mail, and the attempts that failed before an e-mail could be composed. */
export interface ForMail {
  readonly boletos: readonly LoadedBoleto[];
  readonly failed: readonly Attempt[];
}

/**
 * Loads the documents of the boletos. If one of them is invalid, the list is loaded in halves, so that the others still
 * get their e-mail. Rejects only when the database fails.
 */
export async function loadForMail(dataSource: DataSource, boletoIds: readonly string[]): Promise<ForMail> {
  try {
    return { boletos: await loadBoletoDocuments(dataSource.manager, { boletoIds }), failed: [] };
  } catch (error) {
    if (isRetryable(error)) throw error;
    const [boletoId] = boletoIds;
    if (boletoId === undefined) throw error;
    if (boletoIds.length === 1) {
      const outcome = { ...classifySmtpError(error), kind: 'unknown' as const };
      return { boletos: [], failed: [{ boletoId, messageId: null, outcome }] };
    }
    const middle = Math.ceil(boletoIds.length / 2);
    const first = await loadForMail(dataSource, boletoIds.slice(0, middle));
    const second = await loadForMail(dataSource, boletoIds.slice(middle));
    return { boletos: [...first.boletos, ...second.boletos], failed: [...first.failed, ...second.failed] };
  }
}
