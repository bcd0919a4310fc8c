import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { loadBoletoDocuments, type LoadedBoleto } from '#boleto-document';
import { createPrinter } from '#boleto-pdf';
import { isRetryable } from '#database';
import { emailMetrics, type EmailMetrics } from '#observability';
import { METRICS } from '#service';
import { composeBoletoEmail, type BoletoEmail } from './boleto-email.ts';
import { classifySmtpError, type SmtpFailure } from './classify-smtp-error.ts';
import type { Config } from './config.ts';
import { createMailTransport, type MailTransport } from './mail-transport.ts';

const printer = createPrinter();

export const MAIL_CONFIG = Symbol('mail config');
export type MailConfig = Pick<Config, 'SMTP_URL' | 'MAIL_FROM' | 'SMTP_CONNECTIONS_MAX' | 'MESSAGE_ID_DOMAIN'>;

/** A failure of which it is known whom it concerns. */
export interface MailFailure extends SmtpFailure {
  readonly kind: 'permanent' | 'transient' | 'unavailable';
}

/** One e-mail tried once. */
export interface Attempt {
  readonly boletoId: string;
  /** Null when no e-mail could be composed. */
  readonly messageId: string | null;
  readonly outcome: { readonly kind: 'delivered' } | MailFailure;
}

/** Sends boletos to their debtors, over one pool of connections for the whole process. Writes nothing. */
@Injectable()
export class BoletoMailer implements OnModuleDestroy {
  private readonly transport: MailTransport;
  private readonly metrics: EmailMetrics;
  private probing: Promise<boolean> | undefined;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(MAIL_CONFIG) private readonly config: MailConfig,
    @Inject(METRICS) registry: Registry,
  ) {
    this.transport = createMailTransport({ url: config.SMTP_URL, connectionsMax: config.SMTP_CONNECTIONS_MAX });
    this.metrics = emailMetrics(registry);
  }

  /**
   * Tries each boleto once and says what became of each tried. Stops early, with what is in hand finished, when the
   * signal aborts or an attempt finds the server unavailable. Rejects only on account of the database.
   */
  async deliver(batchId: string, boletoIds: readonly string[], signal: AbortSignal): Promise<readonly Attempt[]> {
    const { loaded, failed } = await this.load(boletoIds);
    const attempts: Attempt[] = [...failed];
    const queue = loaded.values();
    const lane = async (): Promise<void> => {
      for (const boleto of queue) {
        if (signal.aborted || attempts.some(({ outcome }) => outcome.kind === 'unavailable')) return;
        attempts.push(await this.send(batchId, boleto));
      }
    };
    await Promise.all(Array.from({ length: this.config.SMTP_CONNECTIONS_MAX }, lane));
    return attempts;
  }

  /** Connections in the middle of an e-mail finish it first. */
  onModuleDestroy(): void {
    this.transport.close();
  }

  /** Boletos of which one is not as it should be are loaded in halves, so that its neighbours get their mail. */
  private async load(
    boletoIds: readonly string[],
  ): Promise<{ readonly loaded: readonly LoadedBoleto[]; readonly failed: readonly Attempt[] }> {
    try {
      return { loaded: await loadBoletoDocuments(this.dataSource.manager, { boletoIds }), failed: [] };
    } catch (error) {
      if (isRetryable(error)) throw error;
      const [boletoId] = boletoIds;
      if (boletoId === undefined) throw error;
      if (boletoIds.length === 1) {
        const outcome = { ...classifySmtpError(error), kind: 'transient' as const };
        return { loaded: [], failed: [{ boletoId, messageId: null, outcome }] };
      }
      const middle = Math.ceil(boletoIds.length / 2);
      const first = await this.load(boletoIds.slice(0, middle));
      const second = await this.load(boletoIds.slice(middle));
      return { loaded: [...first.loaded, ...second.loaded], failed: [...first.failed, ...second.failed] };
    }
  }

  private async send(batchId: string, boleto: LoadedBoleto): Promise<Attempt> {
    const { boletoId } = boleto;
    let messageId: string | null = null;
    try {
      const email = this.compose(batchId, boleto);
      ({ messageId } = email);
      await this.transport.sendMail(email);
      this.metrics.sent('delivered');
      return { boletoId, messageId, outcome: { kind: 'delivered' } };
    } catch (error) {
      const outcome = await this.judge(classifySmtpError(error));
      this.metrics.sent(outcome.kind === 'permanent' ? 'permanent' : 'transient');
      return { boletoId, messageId, outcome };
    }
  }

  private compose(batchId: string, { boletoId, email, document }: LoadedBoleto): BoletoEmail {
    return composeBoletoEmail({
      issuer: document.issuer,
      payer: document.payer,
      amount: document.amount,
      dueDate: document.dueDate,
      linhaDigitavel: document.composed.linhaDigitavel,
      debtId: document.debtId,
      boletoId,
      batchId,
      from: this.config.MAIL_FROM,
      to: email,
      messageIdDomain: this.config.MESSAGE_ID_DOMAIN,
      pdf: printer.print(document),
    });
  }

  /**
   * A lost connection may be one e-mail's doing or the server's end. If the server takes a new connection and our
   * login, it was the e-mail: that one must not hold up all the others for ever. Lost after DATA, it may have arrived:
   * it is sent again, with the same Message-ID.
   */
  private async judge(failure: SmtpFailure): Promise<MailFailure> {
    if (failure.kind !== 'unclear') return { ...failure, kind: failure.kind };
    return { ...failure, kind: (await this.serverAnswers()) ? 'transient' : 'unavailable' };
  }

  /** One question at a time, however many connections were lost together. */
  private async serverAnswers(): Promise<boolean> {
    this.probing ??= this.transport
      .verify()
      .then(
        () => true,
        () => false,
      )
      .finally(() => {
        this.probing = undefined;
      });
    return await this.probing;
  }
}
