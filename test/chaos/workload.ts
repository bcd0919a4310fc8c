import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { uploadFile } from '#scripts/lib/system/api-client.mjs';
import { todayInSaoPaulo, writeSample, type SampleCounts } from '#scripts/sample.mjs';
import { rowOf } from '../rows.ts';
import type { World } from './world.ts';

/** The state to which a run is to come. */
interface Goal {
  readonly batches: number;
  readonly mails: boolean;
}

const batches = 4;

export interface WorkFile {
  readonly path: string;
  readonly expected: SampleCounts;
  /** Ids of rows that nothing else in the files is like */
  readonly plainDebtIds: readonly string[];
}

/** The files of a seed: the same rows whatever the fault. */
export async function writeFiles({
  folder,
  seed,
  rows,
}: {
  folder: string;
  seed: number;
  rows: number;
}): Promise<WorkFile[]> {
  const today = todayInSaoPaulo(new Date());
  const files: WorkFile[] = [];
  for (let at = 0; at < batches; at += 1) {
    const path = join(folder, `batch-${String(at)}.csv`);
    const expected = await writeSample({ rows: Math.floor(rows / batches), seed: seed * 1000 + at, today, out: path });
    files.push({ path, expected, plainDebtIds: plainDebtIds(readFileSync(path, 'utf8')) });
  }
  return files;
}

function plainDebtIds(text: string): string[] {
  const counts = new Map<string, number>();
  for (const [id] of text.matchAll(/FAT-\d+-\d+/g)) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts].filter(([, count]) => count === 1).map(([id]) => id);
}

/** Uploads files one after another when told to; a refused or broken upload is sent again until it is taken. */
export class Uploads {
  readonly #world: World;
  readonly #files: readonly WorkFile[];
  #started = 0;
  readonly #running: Promise<void>[] = [];
  /** Batch id of each file, in the order of the files. */
  readonly ids: string[] = [];
  refused = 0;

  constructor(world: World, files: readonly WorkFile[]) {
    this.#world = world;
    this.#files = files;
  }

  /**
   * Starts as many as belong to this much of the fault.
   * @param progress from 0 to 1
   */
  advance(progress: number): void {
    const due = Math.min(this.#files.length, 1 + Math.floor(progress * this.#files.length));
    while (this.#started < due) {
      const upload = this.#upload(this.#started);
      upload.catch(() => undefined); // `finish` tells, unless something else ended the run first
      this.#running.push(upload);
      this.#started += 1;
    }
  }

  /** All are taken. */
  async finish(): Promise<void> {
    this.advance(1);
    await Promise.all(this.#running);
  }

  async #upload(at: number): Promise<void> {
    const { system, signal, uploadUrl = system.uploadApiUrl } = this.#world;
    const path = this.#files[at]?.path ?? '';
    for (;;) {
      signal.throwIfAborted();
      try {
        // A request that hangs in a broken network is given up, as a client would.
        const patience = AbortSignal.any([signal, AbortSignal.timeout(20_000)]);
        const { body } = await uploadFile(`${uploadUrl}/v1/batches`, path, {}, patience);
        this.ids[at] = body.id;
        return;
      } catch (error) {
        if (error instanceof Error && /\(4\d\d\)/.test(error.message)) throw error;
        this.refused += 1;
        await this.#world.sleep(300);
      }
    }
  }
}

/** The unfinished work, in words; undefined when all is finished. */
export async function unfinished(world: World, expected: Goal) {
  const row = await rowOf<Record<'open' | 'batches' | 'unmailed' | 'outbox' | 'breakers', number>>(
    world.database,
    `select (select count(*)::int from batches where status not like 'completed%') as open,
            (select count(*)::int from batches) as batches,
            (select count(*)::int from boletos b
              where not exists (select 1 from notifications n where n.boleto_id = b.id and n.status <> 'pending')) as unmailed,
            (select count(*)::int from outbox) as outbox,
            (select count(*)::int from stage_breakers) as breakers`,
  );
  const queues = (await messagesLeft(world, expected)).map(
    ([name, messages]) => `${String(messages)} messages in ${name}`,
  );
  const left = [
    ...(row.batches < expected.batches ? [`${String(expected.batches - row.batches)} batches not there`] : []),
    ...(row.open > 0 ? [`${String(row.open)} batches open`] : []),
    ...(expected.mails && row.unmailed > 0 ? [`${String(row.unmailed)} boletos without their e-mail`] : []),
    ...(row.outbox > 0 ? [`${String(row.outbox)} messages in the outbox`] : []),
    ...(row.breakers > 0 ? [`${String(row.breakers)} stages wait for a provider`] : []),
    ...queues,
  ];
  return left.length === 0 ? undefined : left.join(', ');
}

/** Messages in the broker that a worker should have taken. Those of an app that is left out stay. */
export async function messagesLeft(
  world: Pick<World, 'broker'>,
  { mails }: Pick<Goal, 'mails'>,
): Promise<[string, number][]> {
  const depths = [...(await world.broker.depths())];
  return depths.filter(([name, messages]) => messages > 0 && (mails || !name.startsWith('notifier.')));
}

/**
 * Waits until nothing is left to do, twice in a row.
 * @returns what was still unfinished when patience ended
 */
export async function quiescence(world: World, expected: Goal, timeoutMs: number): Promise<string | undefined> {
  const deadline = Date.now() + timeoutMs;
  let calm = 0;
  for (;;) {
    const left = await unfinished(world, expected).catch(messageOf);
    calm = left === undefined ? calm + 1 : 0;
    if (calm === 2) return undefined;
    if (Date.now() > deadline) return left ?? 'never calm for long';
    await world.sleep(400);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
