import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Actions on dead letters that go on in the background: how many letters one is for, up to which death, and when it
 * last made progress. Apps of the previous version insert without the new columns.
 */
const up = `
alter table dead_letter_actions
  add column as_of timestamptz not null default now(),
  add column matched integer,
  add column refused jsonb not null default '[]',
  add column progressed_at timestamptz not null default now(),
  add constraint dead_letter_actions_matched_not_negative check (matched >= 0);
update dead_letter_actions set as_of = started_at, progressed_at = coalesce(finished_at, started_at);
comment on column dead_letter_actions.as_of is 'Letters that died after this instant are not its own. The start, unless asked for.';
comment on column dead_letter_actions.matched is 'Letters it is for, counted at its start. Null for an action of a version before this column.';
comment on column dead_letter_actions.refused is 'Some of the letters that stay as they are, with the reason.';
comment on column dead_letter_actions.progressed_at is 'The end of its last page. An action that is not finished and makes no progress has lost its process.';
comment on column dead_letter_actions.refusals is 'Letters that stay as they are, by code, counted in the transactions that found out.';
`;

const down = `
comment on column dead_letter_actions.refusals is 'Letters that could not be replayed, by code.';
alter table dead_letter_actions
  drop constraint dead_letter_actions_matched_not_negative,
  drop column as_of,
  drop column matched,
  drop column refused,
  drop column progressed_at;
`;

export class ProgressOfActions implements MigrationInterface {
  readonly name = 'progress-of-actions-0000000000020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(up);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
