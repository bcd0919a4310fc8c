import type { BatchStatus } from '#contracts';
import { ENDED_STATUSES, TRANSITIONS } from './status.ts';

/** The diagram of docs/state-machines.md: the life of a batch as Mermaid draws it. */
export function batchDiagram(): string {
  const arrows = Object.values(TRANSITIONS).flatMap(({ from, to }) => {
    const sources: readonly string[] = from.length === 0 ? ['[*]'] : from;
    return sources.flatMap((source) =>
      Object.entries(to).map(([target, when]) => `  ${source} --> ${target}: ${when}`),
    );
  });
  const ends = ENDED_STATUSES.map((status: BatchStatus) => `  ${status} --> [*]`);
  return ['stateDiagram-v2', ...arrows, ...ends].join('\n');
}
