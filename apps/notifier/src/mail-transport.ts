import { createTransport } from 'nodemailer';

const CONNECTION_TIMEOUT_MS = 10_000;
const GREETING_TIMEOUT_MS = 10_000;
const DNS_TIMEOUT_MS = 5_000;
/** E-mails over one connection before it is replaced. A server that wants fewer closes it, and nothing is lost. */
const MESSAGES_PER_CONNECTION_MAX = 1_000;

export type MailTransport = ReturnType<typeof createMailTransport>;

/** The process's one pool of SMTP connections. `url`: smtp:// or smtps://, with the user and the password. */
export function createMailTransport({
  url,
  connectionsMax,
  timeoutMs,
}: {
  readonly url: string;
  readonly connectionsMax: number;
  /** How long a server may be silent in the middle of an e-mail. */
  readonly timeoutMs: number;
}) {
  return createTransport({
    url,
    pool: true,
    maxConnections: connectionsMax,
    maxMessages: MESSAGES_PER_CONNECTION_MAX,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    greetingTimeout: GREETING_TIMEOUT_MS,
    dnsTimeout: DNS_TIMEOUT_MS,
    socketTimeout: timeoutMs,
    // Nothing that came with a file may make this process read its disk or its network.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}
