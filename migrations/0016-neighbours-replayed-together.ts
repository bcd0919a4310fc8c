import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Letters that are replayed together share a message. A new letter of a row finds the letter whose replay it is by its place. */
const up = `
drop index dead_letters_replay_once;
create index dead_letters_replayed_as on dead_letters (replayed_as) where replayed_as is not null;
create index dead_letters_by_row on dead_letters (batch_id, chunk_no, line) where line is not null;
comment on column dead_letters.replayed_as is
  'Id of the message that its replay published. Neighbours that were replayed together share it.';
`;

/** Of letters that share a message, the first one keeps it. */
const down = `
drop index dead_letters_by_row, dead_letters_replayed_as;
update dead_letters l
set replayed_as = null
where replayed_as is not null
  and exists (select 1 from dead_letters o where o.replayed_as = l.replayed_as and o.id < l.id);
create unique index dead_letters_replay_once on dead_letters (replayed_as) where replayed_as is not null;
comment on index dead_letters_replay_once is 'A message is the replay of one letter.';
comment on column dead_letters.replayed_as is 'Id of the message that its replay published.';
`;

export class NeighboursReplayedTogether implements MigrationInterface {
  readonly name = 'neighbours-replayed-together-0000000000016';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(up);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(down);
  }
}
