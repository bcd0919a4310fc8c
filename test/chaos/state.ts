import { createHash } from 'node:crypto';
import { rowsOf, type Queries } from '../rows.ts';

interface BatchState {
  readonly status: string;
  readonly read: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly rejected: number;
  readonly dead_validating: number;
  readonly dead_issuing: number;
  readonly boletos: number;
  readonly mailed: number;
}

/** With what its boleto says; of a debt that several rows contest, its id alone. */
interface DebtState {
  readonly debt_id: string;
  readonly boletos: number;
  readonly file: string;
  readonly document?: string;
  readonly amount?: string;
  readonly due?: string;
  readonly email?: string;
  readonly factor_and_amount?: string | null;
}

interface RejectionState {
  readonly file: string;
  readonly codes: string;
  readonly line?: number;
  readonly debtId?: string;
}

/** The results of the work that do not depend on which process was first. */
export interface State {
  /** In the order of the files. */
  readonly batches: readonly BatchState[];
  readonly debts: readonly DebtState[];
  readonly rejections: readonly RejectionState[];
}

/** A row that is to die, and where. */
export interface PoisonRow {
  readonly debtId: string;
  readonly stage: 'validate' | 'issue';
}

const parts = ['batches', 'debts', 'rejections'] as const;

/** A batch that the database does not have. */
const absent: BatchState = {
  status: 'absent',
  read: 0,
  accepted: 0,
  duplicate: 0,
  rejected: 0,
  dead_validating: 0,
  dead_issuing: 0,
  boletos: 0,
  mailed: 0,
};

/**
 * The final state, normalised. It leaves out ids, times, nossos números, and the names of debtors that several rows
 * spell differently (the first inserted row names the debtor). If rows of different chunks give one debt id with
 * different terms, the first transaction to commit decides which row is the debt and which the conflict. Such a debt is
 * its id alone, and its conflict is its debt id without its line.
 * @param batchIds in the order of the files
 */
export async function readState(
  { database }: { readonly database: Queries },
  batchIds: readonly string[],
): Promise<State> {
  const counts = await rowsOf<BatchState & { readonly id: string }>(
    database,
    `select b.id, b.status, b.rows_read::int as read,
            coalesce(sum(r.accepted) filter (where r.stage = 'validate'), 0)::int as accepted,
            coalesce(sum(r.duplicate), 0)::int as duplicate,
            coalesce(sum(r.rejected), 0)::int as rejected,
            coalesce(sum(r.dead) filter (where r.stage = 'validate'), 0)::int as dead_validating,
            coalesce(sum(r.dead) filter (where r.stage = 'issue'), 0)::int as dead_issuing,
            (select count(*)::int from boletos o where o.batch_id = b.id) as boletos,
            (select count(*)::int from notifications n where n.batch_id = b.id and n.status = 'sent') as mailed
     from batches b
     left join chunk_results r on r.batch_id = b.id
     group by b.id`,
  );
  const rejections = await rowsOf<RejectionRow>(
    database,
    `select batch_id, line::int as line, array(select p ->> 'code' from jsonb_array_elements(problems) p order by 1) as codes,
            (select p ->> 'value' from jsonb_array_elements(problems) p where p ->> 'code' = 'DEBT_ID_CONFLICT') as contested
     from rejections`,
  );
  const contested = new Set(rejections.flatMap(({ contested: debtId }) => (debtId === null ? [] : [debtId])));
  const debts = await rowsOf<DebtRow>(
    database,
    `select d.debt_id, r.document, d.amount_centavos as amount, d.due_date::text as due, d.email, d.batch_id,
            count(o.id)::int as boletos, min(substr(o.codigo_barras, 6, 14)) as factor_and_amount
     from debts d
     join debtors r on r.id = d.debtor_id
     left join boletos o on o.debt_id = d.id
     group by d.id, r.document`,
  );
  const fileOf = (batchId: string): string => String(batchIds.indexOf(batchId));
  return {
    batches: batchIds.map((batchId) => {
      const found = counts.find(({ id }) => id === batchId);
      if (found === undefined) return absent;
      const { id: _, ...rest } = found;
      return rest;
    }),
    debts: sorted(
      debts.map(({ batch_id: batchId, debt_id: debtId, boletos, ...terms }) => {
        const known = { debt_id: debtId, boletos, file: fileOf(batchId) };
        return contested.has(debtId) ? known : Object.assign(known, terms);
      }),
    ),
    rejections: sorted(
      rejections.map(({ batch_id: batchId, line, codes, contested: debtId }) => {
        const known = { file: fileOf(batchId), codes: codes.join(' ') };
        return Object.assign(known, debtId === null ? { line } : { debtId });
      }),
    ),
  };
}

interface RejectionRow {
  readonly batch_id: string;
  readonly line: number;
  readonly codes: readonly string[];
  /** The debt id, of a conflict. */
  readonly contested: string | null;
}

type DebtRow = Required<Omit<DebtState, 'file'>> & { readonly batch_id: string };

/** In the order of their JSON texts, each of which is made once: a large file has a million rows. */
function sorted<T extends object>(rows: readonly T[]): T[] {
  const texts = rows.map((row) => ({ row, text: JSON.stringify(row) }));
  return texts.toSorted((a, b) => (a.text < b.text ? -1 : 1)).map(({ row }) => row);
}

export function hashOf(state: State): string {
  const hash = createHash('sha256');
  // Part by part and row by row: as one text, the state of a large file is longer than a string may be.
  for (const part of parts) {
    hash.update(`${part}\n`);
    for (const row of state[part]) hash.update(`${JSON.stringify(row)}\n`);
  }
  return hash.digest('hex');
}

const unissued = { boletos: 0, factor_and_amount: null };

/**
 * The state that remains when some rows must die: it lacks their results, and everything else is equal.
 * @param state without fault
 */
export function withoutPoison(state: State, poison: readonly PoisonRow[]): State {
  const stageOf = new Map(poison.map(({ debtId, stage }) => [debtId, stage]));
  const deadIn = (file: number, stage: PoisonRow['stage']): number =>
    state.debts.filter((debt) => debt.file === String(file) && stageOf.get(debt.debt_id) === stage).length;
  return {
    ...state,
    batches: state.batches.map((batch, file) => {
      const validating = deadIn(file, 'validate');
      const issuing = deadIn(file, 'issue');
      return {
        ...batch,
        accepted: batch.accepted - validating,
        dead_validating: validating,
        dead_issuing: issuing,
        boletos: batch.boletos - validating - issuing,
        mailed: batch.mailed - validating - issuing,
      };
    }),
    debts: state.debts
      .filter(({ debt_id: debtId }) => stageOf.get(debtId) !== 'validate')
      .map((debt) => (stageOf.has(debt.debt_id) ? Object.assign({}, debt, unissued) : debt)),
  };
}

/** The first differences, to read. */
export function differences(expected: State, actual: State): string[] {
  return parts.flatMap((part) => {
    const wanted = expected[part].map((each) => JSON.stringify(each));
    const found = actual[part].map((each) => JSON.stringify(each));
    const missing = without(wanted, found).map((each) => `${part}: missing ${each}`);
    const surplus = without(found, wanted).map((each) => `${part}: unexpected ${each}`);
    return missing.slice(0, 3).concat(surplus.slice(0, 3));
  });
}

/** The entries that are more frequent in the one list than in the other. */
function without(list: readonly string[], other: readonly string[]) {
  const left = new Map<string, number>();
  for (const each of other) left.set(each, (left.get(each) ?? 0) + 1);
  return list.filter((each) => {
    const count = left.get(each) ?? 0;
    left.set(each, count - 1);
    return count <= 0;
  });
}
