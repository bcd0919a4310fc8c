// E-mails a second: the notifier's own way from a boleto's data to the mail server's 250 (PDF, message, SMTP), against
// nodemailer's pool with messages of the same size that are ready. Both to a mail server of its own process that keeps
// nothing.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createTransport } from 'nodemailer';
import { composerFor } from '#boleto';
import { addDays, parseIsoDate } from '#calendar';
import { centavos } from '#money';
import { createMetrics } from '#observability';
import { ROUNDS, alternate, logLine, ratioOf, rounded, summarise } from './lib/rounds.mjs';

const EMAILS = 1_000;
const CONNECTIONS = 5;
const FROM = 'Cobrança <cobranca@example.com>';
const ACCOUNT = { bankCode: '341', agencia: '6715', conta: '18388', contaDv: '2', carteira: '109' };
const ISSUER = {
  name: 'Associação Beneficente São João da Conceição Ltda.',
  document: '11222333000181',
  address: { street: 'Avenida Paulista, 1578', city: 'São Paulo', state: 'SP', postalCode: '01310200' },
};

/** Boletos in the form in which the notifier loads them; n is the number of the first. */
function boletos(compose, n) {
  return Array.from({ length: EMAILS }, (_, at) => {
    const sequence = n + at;
    const amount = centavos(BigInt(1_000 + ((sequence * 7_919) % 9_000_000)));
    const dueDate = addDays(parseIsoDate('2026-12-01'), sequence % 300);
    return {
      boletoId: `0193a5c8-7f1e-7abc-8def-${String(sequence).padStart(12, '0')}`,
      debtId: String(sequence),
      email: `debtor${String(sequence)}@example.com`,
      line: sequence,
      document: {
        issuer: ISSUER,
        payer: { name: `José Conceição ${String(sequence)}`, document: '52998224725' },
        composed: compose({ sequence: BigInt(sequence), amount, dueDate }),
        debtId: String(sequence),
        amount,
        dueDate,
        issuedOn: parseIsoDate('2026-11-21'),
        especie: 'DM',
        aceite: 'N',
        instructions: ['Não receber após 30 dias do vencimento.'],
      },
    };
  });
}

async function startSink() {
  const script = fileURLToPath(new URL('notify/discarding-sink.mjs', import.meta.url));
  const sink = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = await once(sink.stdout, 'data');
  return { url: `smtp://127.0.0.1:${String(port).trim()}`, stop: () => sink.kill('SIGTERM') };
}

/** Seconds of the clock and of the processor, of this process alone. */
async function timed(work) {
  const [startedAt, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { perSecond: (EMAILS / (performance.now() - startedAt)) * 1_000, perCore: (EMAILS / (user + system)) * 1e6 };
}

/** The message that the notifier sends of a boleto. */
async function readyMessage(boleto) {
  const [{ composeBoletoEmail }, { parseMailbox, writeMime }, { createPrinter }] = await Promise.all([
    import('../../dist/apps/notifier/src/boletos/boleto-email.js'),
    import('../../dist/apps/notifier/src/smtp/mime.js'),
    import('#boleto-page'),
  ]);
  const { document, boletoId, email } = boleto;
  const facts = {
    ...document,
    linhaDigitavel: document.composed.linhaDigitavel,
    boletoId,
    messageId: '<a@example.com>',
    to: email,
  };
  const mailed = { ...facts, from: parseMailbox(FROM) };
  return writeMime(composeBoletoEmail({ ...mailed, pdf: createPrinter().print(document) }), new Date());
}

async function sendAll(transport, raw, recipients) {
  const queue = recipients.values();
  const lane = async () => {
    for (const to of queue) await transport.sendMail({ envelope: { from: 'cobranca@example.com', to }, raw });
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, lane));
}

/**
 * @param {{ log: { info: (text: string) => void } }} context
 * @returns medians of five rounds: e-mails a second by the clock, and on one core by the sending process's own time;
 *   `ratio` is mailed / ready, by the clock
 */
export async function benchNotify({ log }) {
  const { BoletoMailer } = await import('../../dist/apps/notifier/src/boletos/boleto-mailer.js');
  const sink = await startSink();
  const config = {
    SMTP_URL: sink.url,
    MAIL_FROM: FROM,
    SMTP_CONNECTIONS_MAX: CONNECTIONS,
    SMTP_TIMEOUT_MS: 120_000,
    MESSAGE_ID_DOMAIN: 'example.com',
    MESSAGE_ID_SECRET: 'x'.repeat(32),
  };
  const mailer = new BoletoMailer(config, createMetrics({ service: 'bench', version: '0' }));
  const bare = createTransport({ url: sink.url, pool: true, maxConnections: CONNECTIONS, maxMessages: Infinity });
  const compose = composerFor(ACCOUNT);
  const raw = await readyMessage(boletos(compose, 1)[0]);
  const cores = { mailed: [], ready: [] };
  let next = 1;
  const side = (name, work) => async () => {
    const batch = boletos(compose, next);
    next += EMAILS;
    const { perSecond, perCore } = await timed(() => work(batch));
    cores[name].push(perCore);
    return perSecond;
  };
  try {
    const rates = await alternate({
      mailed: side('mailed', async (batch) => {
        const attempts = await mailer.send(batch, () => true);
        const delivered = attempts.filter(({ outcome }) => outcome.kind === 'delivered').length;
        if (delivered !== EMAILS) throw new Error(`${String(delivered)} of ${String(EMAILS)} e-mails were delivered`);
      }),
      ready: side('ready', (batch) =>
        sendAll(
          bare,
          raw,
          batch.map(({ email }) => email),
        ),
      ),
    });
    // The first round of each was to warm up.
    return report(log, rates, { mailed: cores.mailed.slice(1), ready: cores.ready.slice(1) }, raw.byteLength);
  } finally {
    mailer.onModuleDestroy();
    bare.close();
    sink.stop();
  }
}

function report(log, rates, cores, bytes) {
  const ratio = ratioOf(rates.mailed, rates.ready);
  const coreRatio = ratioOf(cores.mailed, cores.ready);
  log.info(
    `${String(EMAILS)} e-mails of ${String(bytes)} bytes over ${String(CONNECTIONS)} connections, median of ${String(ROUNDS)} rounds (and spread):`,
  );
  logLine(log, 'from a boleto to the answer 250', summarise(rates.mailed), 0, 'e-mails/s');
  logLine(log, 'nodemailer with ready messages', summarise(rates.ready), 0, 'e-mails/s');
  logLine(log, 'ratio', ratio, 2, 'times');
  logLine(log, 'by processor time: notifier', summarise(cores.mailed), 0, 'a core second');
  logLine(log, 'by processor time: nodemailer', summarise(cores.ready), 0, 'a core second');
  logLine(log, 'ratio by processor time', coreRatio, 2, 'times');
  return {
    emails: EMAILS,
    bytes,
    mailedPerSecond: rounded(summarise(rates.mailed)),
    readyPerSecond: rounded(summarise(rates.ready)),
    ratio: rounded(ratio, 2),
    mailedPerCore: rounded(summarise(cores.mailed)),
    readyPerCore: rounded(summarise(cores.ready)),
    coreRatio: rounded(coreRatio, 2),
  };
}
