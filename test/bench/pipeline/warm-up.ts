// Warms a server up, because only a new server is cold: afterwards its memory is in use, its WAL files can be reused,
// and the machine has pages for its files. In a new server the first workload pays for all of this: zeros for each WAL
// file, a fault for each page of shared memory. A virtual machine that returned free memory to its host must also ask
// again for every page of a file. The pipeline would always pay, and the floor after it would find everything prepared.
// So the warm-up runs right before the clock starts, for both.

import type { Client } from 'pg';

/** A little more than the 1,210 bytes of WAL of a row. */
const WAL_BYTES_PER_ROW = 1_400;
/** About what a million rows need; of a larger file the rest is too much to be written before every run. */
const BYTES_MIN = 1_100_000_000;
const BYTES_MAX = 2_000_000_000;
const PAGE_BYTES = 8_192;
/** One row a page: 240 times 32 characters. */
const FILL = `
  create table warm_up (filler text);
  alter table warm_up alter column filler set storage plain;
  insert into warm_up select repeat(md5(n::text), 240) from generate_series(1, PAGES) n;
  checkpoint;
  drop table warm_up;
  checkpoint;`;

/** @param rows that are going to be written */
export async function warmUp(client: Client, rows: number): Promise<void> {
  const bytes = Math.min(BYTES_MAX, Math.max(BYTES_MIN, rows * WAL_BYTES_PER_ROW));
  for (const statement of FILL.replace('PAGES', String(Math.ceil(bytes / PAGE_BYTES))).split(';')) {
    if (statement.trim() !== '') await client.query(statement);
  }
}
