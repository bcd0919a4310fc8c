import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Registry } from 'prom-client';
import { createPrinter } from '#boleto-page';
import type { LoadedBoleto } from '#boleto-page-data';
import { METRICS } from '#process';
import { CONFIG, type Config } from '../config.ts';
import { classifySmtpError, type SmtpFailure, type SmtpFailureClass } from '../smtp/classify-smtp-error.ts';
import { createMailTransport, type MailTransport } from '../smtp/mail-transport.ts';
import { parseMailbox, writeMime, type Mailbox, type MimeMessage } from '../smtp/mime.ts';
import { composeBoletoEmail } from './boleto-email.ts';
import { boletoMessageId } from './boleto-message-id.ts';
import { emailMetrics, type EmailMetrics } from './email.metrics.ts';

const printer = createPrinter();

type MailConfig = Pick<
  Config,
  | 'SMTP_URL'
  | 'MAIL_FROM'
  | 'SMTP_CONNECTIONS_MAX'
  | 'SMTP_TIMEOUT_MS'
  | 'MESSAGE_ID_DOMAIN'
  | 'MESSAGE_ID_SECRET'
  | 'SMTP_REQUIRE_TLS'
>;

/** A failure with a known scope: this e-mail or every e-mail. */
type MailFailure = OwnFailure | CommonFailure;

/** A failure of this e-mail only. */
interface OwnFailure extends SmtpFailure {
  readonly kind: Exclude<SmtpFailureClass, 'throttled' | 'unavailable'>;
}

/** A failure that every e-mail would meet. */
interface CommonFailure extends SmtpFailure {
  readonly kind: 'throttled' | 'unavailable';
}

/** One attempt to send one e-mail. */
export interface Attempt {
  readonly boletoId: string;
  /** Null when the e-mail could not be composed. */
  readonly messageId: string | null;
  readonly outcome: { readonly kind: 'delivered' } | MailFailure;
}

/**
 * True when the failure concerns every e-mail. It does not count as an attempt: this e-mail is unchanged, and the next
 * one would fail too.
 */
export function concernsAll(outcome: Attempt['outcome']): outcome is CommonFailure {
  return outcome.kind === 'throttled' || outcome.kind === 'unavailable';
}

/** Outcomes as the metric labels them. They tell an operator whether another attempt may help. */
const METRIC = {
  invalid: 'permanent',
  permanent: 'permanent',
  transient: 'transient',
  throttled: 'transient',
  unavailable: 'transient',
  unknown: 'transient',
} as const satisfies Record<SmtpFailureClass, string>;

/** Sends boletos to their debtors over one pool of connections for the whole process. It does not use the database. */
@Injectable()
export class BoletoMailer implements OnModuleDestroy {
  readonly #transport: MailTransport;
  readonly #metrics: EmailMetrics;
  readonly #from: Mailbox;
  #probing: Promise<boolean> | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: MailConfig,
    @Inject(METRICS) registry: Registry,
  ) {
    this.#transport = createMailTransport({
      url: config.SMTP_URL,
      connectionsMax: config.SMTP_CONNECTIONS_MAX,
      timeoutMs: config.SMTP_TIMEOUT_MS,
      requireTls: config.SMTP_REQUIRE_TLS,
    });
    this.#metrics = emailMetrics(registry);
    this.#from = parseMailbox(config.MAIL_FROM);
  }

  /**
   * Tries each boleto once and returns the outcome of each attempt. Stops early when `mayBegin` returns false for the
   * next e-mail, or when an attempt shows that no e-mail would pass. E-mails already in progress are finished. Never
   * rejects. `earlierIds`: the Message-ID of the earlier attempt, by boleto. It is kept even if the secret has changed
   * since.
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
        const attempt = await this.#try(next.value, earlierIds.get(next.value.boletoId));
        isOver ||= concernsAll(attempt.outcome);
        attempts.push(attempt);
      }
    };
    await Promise.all(Array.from({ length: this.config.SMTP_CONNECTIONS_MAX }, lane));
    return attempts;
  }

  /** Closes the pool. A connection in the middle of an e-mail finishes it first. */
  onModuleDestroy(): void {
    this.#transport.close();
  }

  async #try(boleto: LoadedBoleto, earlierId: string | undefined): Promise<Attempt> {
    const { boletoId, email: to } = boleto;
    let messageId: string | null = null;
    try {
      const message = this.#compose(boleto, earlierId);
      ({ messageId } = message);
      await this.#transport.sendMail({
        // Objects, because nodemailer would read a string as a list of addresses.
        envelope: { from: { name: '', address: this.#from.address }, to: { name: '', address: to } },
        messageId,
        raw: writeMime(message, new Date()),
      });
      this.#metrics.sent('delivered');
      return { boletoId, messageId, outcome: { kind: 'delivered' } };
    } catch (error) {
      const outcome = await this.#judge(classifySmtpError(error));
      this.#metrics.sent(METRIC[outcome.kind]);
      return { boletoId, messageId, outcome };
    }
  }

  #compose({ boletoId, email, document }: LoadedBoleto, earlierId: string | undefined): MimeMessage {
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
      from: this.#from,
      to: email,
      pdf: printer.print(document),
    });
  }

  /**
   * Decides what a lost connection means: this e-mail caused it, or the server is down. If the server accepts a new
   * connection and our login, the e-mail caused it, and that one must not hold up all the others for ever. If the
   * connection was lost after DATA, the e-mail may have arrived. It is sent again with the same Message-ID.
   */
  async #judge(failure: SmtpFailure): Promise<MailFailure> {
    const { kind } = failure;
    switch (kind) {
      case 'unclear':
        return { ...failure, kind: (await this.#serverAnswers()) ? 'transient' : 'unavailable' };
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

  /** Checks the server with one probe at a time, however many connections were lost together. */
  async #serverAnswers(): Promise<boolean> {
    this.#probing ??= this.#transport
      .verify()
      .then(
        () => true,
        () => false,
      )
      .finally(() => {
        this.#probing = undefined;
      });
    return await this.#probing;
  }
}
