/** How far one stage has come. */
export interface StageProgress {
  readonly done: number;
  /** The total of the whole batch, as far as it can be foreseen. */
  readonly total: number;
}

/**
 * Seconds until the slowest stage is through, if each goes on as fast as it went since the work began: stages work side
 * by side, so the last one decides. Null when one of them has not begun, for there is nothing to go by.
 */
export function etaSeconds(stages: readonly StageProgress[], startedAt: Date, now: Date): number | null {
  const elapsedSeconds = (now.getTime() - startedAt.getTime()) / 1_000;
  let eta = 0;
  for (const { done, total } of stages) {
    if (done >= total) continue;
    if (done <= 0 || elapsedSeconds <= 0) return null;
    eta = Math.max(eta, Math.ceil(((total - done) * elapsedSeconds) / done));
  }
  return eta;
}

/** How many of `of` there will be in the end, from the share that `count` has of `done`; null with nothing to go by. */
export function foresee(count: number, done: number, of: number): number | null {
  if (done >= of) return count;
  return done === 0 ? null : Math.round((count * of) / done);
}
