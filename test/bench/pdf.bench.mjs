// Boletos a second: assembled from a template against drawn by pdfkit, the same pages, in one process.
import { composerFor } from '#boleto';
import { createPrinter, renderBoleto } from '#boleto-page';
import { addDays, parseIsoDate } from '#calendar';
import { centavos, formatReais } from '#money';

const ROUNDS = 5;
/** In each round; pdfkit gets fewer, for it takes longer. */
const ASSEMBLED = 4_000;
const DRAWN = 120;

const ACCOUNT = { bankCode: '341', agencia: '6715', conta: '18388', contaDv: '2', carteira: '109' };
const ISSUER = {
  name: 'Associação Beneficente São João da Conceição Ltda.',
  document: '11222333000181',
  address: {
    street: 'Avenida Paulista, 1578, conj. 42',
    district: 'Bela Vista',
    city: 'São Paulo',
    state: 'SP',
    postalCode: '01310200',
  },
};
const NAMES = ['José', 'Antônio', 'Conceição', 'Gonçalves', 'Brandão', 'Wanderléia', 'Avelar', 'Távora', 'Luís'];
const CITIES = ['Belo Horizonte', 'Maceió', 'Goiânia', 'Foz do Iguaçu', 'Vitória da Conquista'];
const CPFS = ['52998224725', '11144477735', '12345678909', '98765432100'];

/** One boleto of a batch. All boletos share issuer and day of issue; the rest differs. */
function boletoOf(compose, index) {
  const pick = (list, step) => list[Math.floor(index / step) % list.length];
  const amount = centavos(BigInt(1_000 + ((index * 7_919) % 9_000_000)));
  const dueDate = addDays(parseIsoDate('2026-12-01'), index % 300);
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
    issuedOn: parseIsoDate('2026-11-21'),
    especie: 'DM',
    aceite: 'N',
    instructions: [`Após ${dueDate.split('-').toReversed().join('/')} cobrar multa de ${fine}.`],
  };
}

/**
 * The work of one core in a second, measured by the processor time of the process, including its garbage collector's
 * threads. So other work on the machine does not matter.
 */
async function rateOf(count, work) {
  const before = process.cpuUsage();
  const bytes = await work();
  const { user, system } = process.cpuUsage(before);
  return { rate: (count / (user + system)) * 1e6, bytes: Math.round(bytes / count) };
}

async function assembleRound(printer, boletos) {
  return rateOf(boletos.length, () => {
    let bytes = 0;
    for (const boleto of boletos) bytes += printer.print(boleto).byteLength;
    return bytes;
  });
}

async function drawRound(boletos) {
  return rateOf(boletos.length, async () => {
    let bytes = 0;
    for (const boleto of boletos) bytes += (await renderBoleto(boleto)).byteLength;
    return bytes;
  });
}

function medianAndSpread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)], min: sorted[0], max: sorted.at(-1) };
}

/** Rounds of the two ways take turns, so that neither has the machine's better minute. No boleto comes twice. */
async function measure() {
  const compose = composerFor(ACCOUNT);
  const printer = createPrinter();
  let next = 0;
  const batch = (count) => Array.from({ length: count }, () => boletoOf(compose, next++));
  await assembleRound(printer, batch(ASSEMBLED));
  await drawRound(batch(DRAWN));

  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const [toAssemble, toDraw] = [batch(ASSEMBLED), batch(DRAWN)];
    rounds.push({ assembled: await assembleRound(printer, toAssemble), drawn: await drawRound(toDraw) });
  }
  return rounds;
}

/**
 * @param {{ log: { info: (text: string) => void } }} context
 * @returns {Promise<{ assembledPerSecond: number, pdfkitPerSecond: number, ratio: number, bytes: number }>} medians of
 *   five rounds, for one core; `bytes` of an assembled page
 */
export async function benchPdf({ log }) {
  const rounds = await measure();
  const assembled = medianAndSpread(rounds.map((round) => round.assembled.rate));
  const drawn = medianAndSpread(rounds.map((round) => round.drawn.rate));
  const ratio = medianAndSpread(rounds.map((round) => round.assembled.rate / round.drawn.rate));
  const bytes = medianAndSpread(rounds.map((round) => round.assembled.bytes));
  const line = (name, { median, min, max }, digits, unit) => {
    const [middle, low, high] = [median, min, max].map((value) => value.toFixed(digits));
    log.info(`  ${name.padEnd(24)}${middle.padStart(8)} ${unit.padEnd(24)}(${low} to ${high})`);
  };
  log.info(`Boletos as PDF, median of ${String(ROUNDS)} rounds (and spread), by processor time:`);
  line('assembled', assembled, 0, 'a second on one core');
  line('drawn by pdfkit', drawn, 0, 'a second on one core');
  line('ratio', ratio, 1, 'times');
  line('size', bytes, 0, 'bytes a page');
  return {
    assembledPerSecond: Math.round(assembled.median),
    pdfkitPerSecond: Math.round(drawn.median),
    ratio: Number(ratio.median.toFixed(1)),
    bytes: bytes.median,
  };
}
