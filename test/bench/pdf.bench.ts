// Boletos a second: assembled from a template against drawn by pdfkit, the same pages, in one process.
import { composerFor } from '#boleto';
import { createPrinter, renderBoleto, type BoletoDocument } from '#boleto-page';
import { addDays } from '#calendar';
import { centavos, formatReais } from '#money';
import { sampleAccount, sampleDocument } from '../../libs/billing/boleto-page/src/sample-document.fixture.ts';
import type { BenchContext } from './lib/context.ts';
import { dayOf } from './lib/dates.ts';
import { logLine, ROUNDS, summarise } from './lib/rounds.ts';

type Printer = ReturnType<typeof createPrinter>;

/** In each round; pdfkit gets fewer, for it takes longer. */
const ASSEMBLED = 4_000;
const DRAWN = 120;

const ACCOUNT = sampleAccount('341');
const { issuer: ISSUER } = sampleDocument();
const NAMES = ['José', 'Antônio', 'Conceição', 'Gonçalves', 'Brandão', 'Wanderléia', 'Avelar', 'Távora', 'Luís'];
const CITIES = ['Belo Horizonte', 'Maceió', 'Goiânia', 'Foz do Iguaçu', 'Vitória da Conquista'];
const CPFS = ['52998224725', '11144477735', '12345678909', '98765432100'];

/** One boleto of a batch. All boletos share issuer and day of issue; the rest differs. */
function boletoOf(compose: ReturnType<typeof composerFor>, index: number): BoletoDocument {
  const pick = (list: readonly string[], step: number): string => list[Math.floor(index / step) % list.length] ?? '';
  const amount = centavos(BigInt(1_000 + ((index * 7_919) % 9_000_000)));
  const dueDate = addDays(dayOf('2026-12-01'), index % 300);
  const fine = formatReais(centavos(amount / 50n));
  return {
    issuer: ISSUER,
    payer: {
      name: `${pick(NAMES, 1)} ${pick(NAMES, 9)} ${pick(NAMES, 81)} ${pick(NAMES, 7)} ${String(index)}`,
      document: pick(CPFS, 1),
      address: {
        street: `Rua das Flores, ${String(index)}`,
        city: pick(CITIES, 3),
        state: 'MG',
        postalCode: '30110-005',
      },
    },
    composed: compose({ sequence: BigInt(index + 1), amount, dueDate }),
    debtId: String(2_026_000_000 + index),
    amount,
    dueDate,
    issuedOn: dayOf('2026-11-21'),
    especie: 'DM',
    aceite: 'N',
    instructions: [`Após ${dueDate.split('-').toReversed().join('/')} cobrar multa de ${fine}.`],
  };
}

/**
 * The work of one core in a second, measured by the processor time of the process, including its garbage collector's
 * threads. So other work on the machine does not matter.
 */
interface Rate {
  readonly rate: number;
  readonly bytes: number;
}

async function rateOf(count: number, work: () => Promise<number> | number): Promise<Rate> {
  const before = process.cpuUsage();
  const bytes = await work();
  const { user, system } = process.cpuUsage(before);
  return { rate: (count / (user + system)) * 1e6, bytes: Math.round(bytes / count) };
}

async function assembleRound(printer: Printer, boletos: readonly BoletoDocument[]): Promise<Rate> {
  return rateOf(boletos.length, () => {
    let bytes = 0;
    for (const boleto of boletos) bytes += printer.print(boleto).byteLength;
    return bytes;
  });
}

async function drawRound(boletos: readonly BoletoDocument[]): Promise<Rate> {
  return rateOf(boletos.length, async () => {
    let bytes = 0;
    for (const boleto of boletos) bytes += (await renderBoleto(boleto)).byteLength;
    return bytes;
  });
}

/** Rounds of the two ways take turns, so that neither has the machine's better minute. No boleto comes twice. */
async function measure(): Promise<{ readonly assembled: Rate; readonly drawn: Rate }[]> {
  const compose = composerFor(ACCOUNT);
  const printer = createPrinter();
  let next = 0;
  const batch = (count: number): BoletoDocument[] => Array.from({ length: count }, () => boletoOf(compose, next++));
  await assembleRound(printer, batch(ASSEMBLED));
  await drawRound(batch(DRAWN));

  const rounds: { assembled: Rate; drawn: Rate }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const [toAssemble, toDraw] = [batch(ASSEMBLED), batch(DRAWN)];
    rounds.push({ assembled: await assembleRound(printer, toAssemble), drawn: await drawRound(toDraw) });
  }
  return rounds;
}

/** @returns medians of five rounds, for one core; `bytes` of an assembled page */
export async function benchPdf({ log }: BenchContext): Promise<object> {
  const rounds = await measure();
  const assembled = summarise(rounds.map((round) => round.assembled.rate));
  const drawn = summarise(rounds.map((round) => round.drawn.rate));
  const ratio = summarise(rounds.map((round) => round.assembled.rate / round.drawn.rate));
  const bytes = summarise(rounds.map((round) => round.assembled.bytes));
  log.info(`Boletos as PDF, median of ${String(ROUNDS)} rounds (and spread), by processor time:`);
  logLine(log, 'assembled', assembled, { digits: 0, unit: 'a second on one core' });
  logLine(log, 'drawn by pdfkit', drawn, { digits: 0, unit: 'a second on one core' });
  logLine(log, 'ratio', ratio, { digits: 1, unit: 'times' });
  logLine(log, 'size', bytes, { digits: 0, unit: 'bytes a page' });
  return {
    assembledPerSecond: Math.round(assembled.median),
    pdfkitPerSecond: Math.round(drawn.median),
    ratio: Number(ratio.median.toFixed(1)),
    bytes: bytes.median,
  };
}
