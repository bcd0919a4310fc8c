import type { FileProblem, Problem, ReadEntry } from '#cnab';
import type { BankFile } from './bank-file.ts';

interface EntryJson {
  readonly line: number;
  readonly ourNumber: string | null;
  readonly occurrence: string | null;
  readonly motives: readonly string[];
  readonly event: string;
  readonly outcome: 'readable' | 'rejected';
  readonly problems: readonly Problem[];
  readonly titleCentavos: number | null;
  readonly paidCentavos: number | null;
  readonly creditedCentavos: number | null;
  readonly interestCentavos: number | null;
  readonly fineCentavos: number | null;
  readonly discountCentavos: number | null;
  readonly rebateCentavos: number | null;
  readonly feeCentavos: number | null;
  readonly occurredOn: string | null;
  readonly creditedOn: string | null;
}

interface FileJson {
  /** The reason why the whole file is refused. */
  readonly problem?: FileProblem;
  readonly entries: readonly EntryJson[];
}

/** The files by name; by path where two have the same name. */
export function jsonOf(files: readonly BankFile[]): Readonly<Record<string, FileJson>> {
  const names = files.map(({ name }) => name);
  const isRepeated = (name: string): boolean => names.indexOf(name) !== names.lastIndexOf(name);
  return Object.fromEntries(files.map((file) => [isRepeated(file.name) ? file.path : file.name, fileJson(file)]));
}

function fileJson({ result }: BankFile): FileJson {
  if (!result.ok) return { problem: result.problem, entries: [] };
  return { entries: result.retorno.entries.map(entryJson) };
}

function entryJson(entry: ReadEntry): EntryJson {
  const { line, ourNumber, occurrence, motives, event, outcome, problems, amounts, occurredOn, creditedOn } = entry;
  return {
    line,
    ourNumber,
    occurrence,
    motives,
    event,
    outcome,
    problems,
    titleCentavos: numberOf(amounts.title),
    paidCentavos: numberOf(amounts.paid),
    creditedCentavos: numberOf(amounts.credited),
    interestCentavos: numberOf(amounts.interest),
    fineCentavos: numberOf(amounts.fine),
    discountCentavos: numberOf(amounts.discount),
    rebateCentavos: numberOf(amounts.rebate),
    feeCentavos: numberOf(amounts.fee),
    occurredOn,
    creditedOn,
  };
}

/** Amounts are numbers at this edge alone: the reader refuses those that a number could not hold. */
function numberOf(amount: bigint | null): number | null {
  return amount === null ? null : Number(amount);
}
