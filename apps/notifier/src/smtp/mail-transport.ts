import { createTransport } from 'nodemailer';

const CONNECTION_TIMEOUT_MS = 10_000;
const GREETING_TIMEOUT_MS = 10_000;
const DNS_TIMEOUT_MS = 5_000;
/**
 * E-mails over one connection before it is replaced. A server that wants fewer closes the connection, and nothing is
 * lost.
 */
const MESSAGES_PER_CONNECTION_MAX = 1_000;

export type MailTransport = ReturnType<typeof createMailTransport>;

/** True for a mail server on this machine: no network lies between, so there is nothing to eavesdrop on. */
function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** Creates the process's one pool of SMTP connections. `url`: smtp:// or smtps://, with the user and the password. */
export function createMailTransport({
  url,
  connectionsMax,
  timeoutMs,
  requireTls = !isLoopback(url),
}: {
  readonly url: string;
  readonly connectionsMax: number;
  /** The longest silence of the server in the middle of an e-mail. */
  readonly timeoutMs: number;
  /**
   * Requires TLS with smtp:// too. A server that offers no STARTTLS then gets no password and no boleto, because an
   * attacker may have removed the offer.
   */
  readonly requireTls?: boolean | undefined;
}) {
  return createTransport({
    url,
    requireTLS: requireTls,
    pool: true,
    maxConnections: connectionsMax,
    maxMessages: MESSAGES_PER_CONNECTION_MAX,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    greetingTimeout: GREETING_TIMEOUT_MS,
    dnsTimeout: DNS_TIMEOUT_MS,
    socketTimeout: timeoutMs,
    // Data from a file must never make this process read its disk or its network.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}
