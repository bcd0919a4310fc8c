// E-mails a second: the notifier's own way from a boleto's data to the mail server's 250 (PDF, message, SMTP), against
// nodemailer's pool with messages of the same size that are ready. Both to a mail server of its own process that keeps
// nothing.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTransport } from 'nodemailer';
import { composeBoletoEmail } from '#apps/notifier/src/boletos/boleto-email';
import { BoletoMailer } from '#apps/notifier/src/boletos/boleto-mailer';
import { parseMailbox, writeMime } from '#apps/notifier/src/smtp/mime';
import { composerFor } from '#boleto';
import { createPrinter } from '#boleto-page';
import { addDays } from '#calendar';
import { centavos } from '#money';
import { createMetrics } from '#observability';
import type { Log } from '#scripts/lib/run/log.mjs';
import { sampleAccount, sampleDocument } from '../../libs/billing/boleto-page/src/sample-document.fixture.ts';
import type { BenchContext } from './lib/context.ts';
import { dayOf } from './lib/dates.ts';
import { alternate, logLine, ratioOf, rounded, ROUNDS, summarise } from './lib/rounds.ts';

type Boleto = Parameters<BoletoMailer['send']>[0][number];
type Side = 'mailed' | 'ready';
type Rates = Readonly<Record<Side, readonly number[]>>;

const EMAILS = 1_000;
const CONNECTIONS = 5;
const FROM = 'Cobrança <cobranca@example.com>';
const ACCOUNT = sampleAccount('341');
const { issuer: ISSUER } = sampleDocument();

/** Boletos in the form in which the notifier loads them; n is the number of the first. */
function boletos(compose: ReturnType<typeof composerFor>, n: number): Boleto[] {
  return Array.from({ length: EMAILS }, (_, at) => {
    const sequence = n + at;
    const amount = centavos(BigInt(1_000 + ((sequence * 7_919) % 9_000_000)));
    const dueDate = addDays(dayOf('2026-12-01'), sequence % 300);
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
        issuedOn: dayOf('2026-11-21'),
        especie: 'DM',
        aceite: 'N',
        instructions: ['Não receber após 30 dias do vencimento.'],
      },
    };
  });
}

function pooled(url: string) {
  return createTransport({ url, pool: true, maxConnections: CONNECTIONS, maxMessages: Infinity });
}

async function startSink(): Promise<{ readonly url: string; readonly stop: () => void }> {
  const script = fileURLToPath(new URL(`notify/discarding-sink${extname(import.meta.url)}`, import.meta.url));
  const sink = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = (await once(sink.stdout, 'data')) as [Buffer];
  return { url: `smtp://127.0.0.1:${String(port).trim()}`, stop: () => void sink.kill('SIGTERM') };
}

/** Seconds of the clock and of the processor, of this process alone. */
async function timed(work: () => Promise<void>): Promise<{ readonly perSecond: number; readonly perCore: number }> {
  const [startedAt, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { perSecond: (EMAILS / (performance.now() - startedAt)) * 1_000, perCore: (EMAILS / (user + system)) * 1e6 };
}

/** The message that the notifier sends of a boleto. */
function readyMessage({ document, boletoId, email }: Boleto): Buffer {
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

async function sendAll(
  transport: ReturnType<typeof pooled>,
  raw: Buffer,
  recipients: readonly string[],
): Promise<void> {
  const queue = recipients.values();
  const lane = async (): Promise<void> => {
    for (const to of queue) await transport.sendMail({ envelope: { from: 'cobranca@example.com', to }, raw });
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, lane));
}

/**
 * @returns medians of five rounds: e-mails a second by the clock, and on one core by the sending process's own time;
 *   `ratio` is mailed / ready, by the clock
 */
export async function benchNotify({ log }: BenchContext): Promise<object> {
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
  const bare = pooled(sink.url);
  const compose = composerFor(ACCOUNT);
  const [first] = boletos(compose, 1);
  if (first === undefined) throw new Error('no boleto was made');
  const raw = readyMessage(first);
  const cores: Record<Side, number[]> = { mailed: [], ready: [] };
  let next = 1;
  const side = (name: Side, work: (batch: Boleto[]) => Promise<void>) => async (): Promise<number> => {
    const batch = boletos(compose, next);
    next += EMAILS;
    const { perSecond, perCore } = await timed(async () => {
      await work(batch);
    });
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
      ready: side(
        'ready',
        async (batch) =>
          await sendAll(
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

function report(log: Log, rates: Rates, cores: Rates, bytes: number): object {
  const ratio = ratioOf(rates.mailed, rates.ready);
  const coreRatio = ratioOf(cores.mailed, cores.ready);
  log.info(
    `${String(EMAILS)} e-mails of ${String(bytes)} bytes over ${String(CONNECTIONS)} connections, median of ${String(ROUNDS)} rounds (and spread):`,
  );
  logLine(log, 'from a boleto to the answer 250', summarise(rates.mailed), { digits: 0, unit: 'e-mails/s' });
  logLine(log, 'nodemailer with ready messages', summarise(rates.ready), { digits: 0, unit: 'e-mails/s' });
  logLine(log, 'ratio', ratio, { digits: 2, unit: 'times' });
  logLine(log, 'by processor time: notifier', summarise(cores.mailed), { digits: 0, unit: 'a core second' });
  logLine(log, 'by processor time: nodemailer', summarise(cores.ready), { digits: 0, unit: 'a core second' });
  logLine(log, 'ratio by processor time', coreRatio, { digits: 2, unit: 'times' });
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
