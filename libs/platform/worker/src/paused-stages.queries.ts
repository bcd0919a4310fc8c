import { sql, type Db } from '#database';

const FIND_PAUSED_STAGES = sql.returning({ stage: 'text' })`select stage from stage_pauses`;

/** Stages that an operator has paused. */
export async function findPausedStages(db: Db): Promise<ReadonlySet<string>> {
  const rows = await FIND_PAUSED_STAGES.rows(db);
  return new Set(rows.map(({ stage }) => stage));
}
