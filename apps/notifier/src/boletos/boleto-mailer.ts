import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Registry } from 'prom-client';
import type { LoadedBoleto } from '#boleto-page-data';
import { createPrinter } from '#boleto-page';
import { emailMetrics, type EmailMetrics } from './email.metrics.ts';
import { METRICS } from '#process';
import { composeBoletoEmail } from './boleto-email.ts';
import { boletoMessageId } from './boleto-message-id.ts';
import { classifySmtpError, type SmtpFailure, type SmtpFailureClass } from '../smtp/classify-smtp-error.ts';
import type { Config } from '../config.ts';
import { createMailTransport, type MailTransport } from '../smtp/mail-transport.ts';
import { parseMailbox, writeMime, type Mailbox, type MimeMessage } from '../smtp/mime.ts';

const printer = createPrinter();

export const MAIL_CONFIG = Symbol('mail config');
export type MailConfig = Pick<
  Config,
  | 'SMTP_URL'
  | 'MAIL_FROM'
  | 'SMTP_CONNECTIONS_MAX'
  | 'SMTP_TIMEOUT_MS'
  | 'MESSAGE_ID_DOMAIN'
  | 'MESSAGE_ID_SECRET'
  | 'SMTP_REQUIRE_TLS'
>;

/** A failure of which it is known whom it concerns. */
type MailFailure = OwnFailure | CommonFailure;

/** Of this e-mail. */
interface OwnFailure extends SmtpFailure {
  readonly kind: Exclude<SmtpFailureClass, 'throttled' | 'unavailable'>;
}

/** Of every e-mail. */
interface CommonFailure extends SmtpFailure {
  readonly kind: 'throttled' | 'unavailable';
}

/** One e-mail tried once. */
export interface Attempt {
  readonly boletoId: string;
  /** Null when no e-mail could be composed. */
  readonly messageId: string | null;
  readonly outcome: { readonly kind: 'delivered' } | MailFailure;
}

/** True of what was no attempt: the e-mail is as it was, and so would be the next. */
export function concernsAll(outcome: Attempt['outcome']): outcome is CommonFailure {
  return outcome.kind === 'throttled' || outcome.kind === 'unavailable';
}

/** What the metric tells apart: whoever looks wants to know whether trying again may help. */
const METRIC = {
  invalid: 'permanent',
  permanent: 'permanent',
  transient: 'transient',
  throttled: 'transient',
  unavailable: 'transient',
  unknown: 'transient',
} as const satisfies Record<SmtpFailureClass, string>;

/** Sends boletos to their debtors, over one pool of connections for the whole process. Knows no database. */
@Injectable()
export class BoletoMailer implements OnModuleDestroy {
  private readonly transport: MailTransport;
  private readonly metrics: EmailMetrics;
  private readonly from: Mailbox;
  private probing: Promise<boolean> | undefined;

  constructor(
    @Inject(MAIL_CONFIG) private readonly config: MailConfig,
    @Inject(METRICS) registry: Registry,
  ) {
    this.transport = createMailTransport({
      url: config.SMTP_URL,
      connectionsMax: config.SMTP_CONNECTIONS_MAX,
      timeoutMs: config.SMTP_TIMEOUT_MS,
      requireTls: config.SMTP_REQUIRE_TLS,
    });
    this.metrics = emailMetrics(registry);
    this.from = parseMailbox(config.MAIL_FROM);
  }

  /**
   * Tries each boleto once and says what became of each tried. Stops early, with what is in hand finished, when
   * `mayBegin` says no to the next, or an attempt finds that no e-mail will pass. Never rejects. `earlierIds`: the Message-IDs
   * of earlier attempts by boleto, which stay whatever secret there was then.
   */
  async send(
    boletos: readonly LoadedBoleto[],
    mayBegin: () => boolean,
    earlierIds: ReadonlyMap<string, string> = new Map(),
  ): Promise<readonly Attempt[]> {
    const attempts: Attempt[] = [];
    const queue = boletos.values();
    let isOver = false;
    const lane = async (): Promise<void> => {
      while (!isOver && mayBegin()) {
        const next = queue.next();
        if (next.done === true) return;
        const attempt = await this.try(next.value, earlierIds.get(next.value.boletoId));
        isOver ||= concernsAll(attempt.outcome);
        attempts.push(attempt);
      }
    };
    await Promise.all(Array.from({ length: this.config.SMTP_CONNECTIONS_MAX }, lane));
    return attempts;
  }

  /** Connections in the middle of an e-mail finish it first. */
  onModuleDestroy(): void {
    this.transport.close();
  }

  private async try(boleto: LoadedBoleto, earlierId: string | undefined): Promise<Attempt> {
    const { boletoId, email: to } = boleto;
    let messageId: string | null = null;
    try {
      const message = this.compose(boleto, earlierId);
      ({ messageId } = message);
      await this.transport.sendMail({
        // As objects, for a string would be read as a list of addresses.
        envelope: { from: { name: '', address: this.from.address }, to: { name: '', address: to } },
        messageId,
        raw: writeMime(message, new Date()),
      });
      this.metrics.sent('delivered');
      return { boletoId, messageId, outcome: { kind: 'delivered' } };
    } catch (error) {
      const outcome = await this.judge(classifySmtpError(error));
      this.metrics.sent(METRIC[outcome.kind]);
      return { boletoId, messageId, outcome };
    }
  }

  private compose({ boletoId, email, document }: LoadedBoleto, earlierId: string | undefined): MimeMessage {
    const { MESSAGE_ID_DOMAIN: domain, MESSAGE_ID_SECRET: secret } = this.config;
    return composeBoletoEmail({
      issuer: document.issuer,
      payer: document.payer,
      amount: document.amount,
      dueDate: document.dueDate,
      linhaDigitavel: document.composed.linhaDigitavel,
      debtId: document.debtId,
      boletoId,
      messageId: earlierId ?? boletoMessageId({ boletoId, kind: 'boleto_issued' }, { secret, domain }),
      from: this.from,
      to: email,
      pdf: printer.print(document),
    });
  }

  /**
   * A lost connection may be one e-mail's doing or the server's end. If the server takes a new connection and our
   * login, it was the e-mail: that one must not hold up all the others for ever. Lost after DATA, it may have arrived:
   * it is sent again, with the same Message-ID.
   */
  private async judge(failure: SmtpFailure): Promise<MailFailure> {
    const { kind } = failure;
    switch (kind) {
      case 'unclear':
        return { ...failure, kind: (await this.serverAnswers()) ? 'transient' : 'unavailable' };
      case 'throttled':
      case 'unavailable':
        return { ...failure, kind };
      case 'invalid':
      case 'permanent':
      case 'transient':
      case 'unknown':
        return { ...failure, kind };
    }
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
