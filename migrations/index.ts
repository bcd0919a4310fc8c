import { Initial } from './0001-initial.ts';
import { DeadLetterActions } from './0002-dead-letter-actions.ts';

/** Every migration, oldest first. A migration that has been released is never edited: write the next one. */
export const migrations = [Initial, DeadLetterActions];
