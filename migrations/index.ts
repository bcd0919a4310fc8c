import { Initial } from './0001-initial.ts';
import { DeadLetterActions } from './0002-dead-letter-actions.ts';
import { NotifierClaims } from './0003-notifier-claims.ts';
import { ReleaseWindow } from './0004-release-window.ts';
import { StageBreakers } from './0005-stage-breakers.ts';
import { NotificationResults } from './0006-notification-results.ts';
import { ParentsByConstruction } from './0007-parents-by-construction.ts';
import { ChunkSizeOfABatch } from './0008-chunk-size-of-a-batch.ts';
import { WakeUps } from './0009-wake-ups.ts';
import { ChunksThatGrow } from './0010-chunks-that-grow.ts';
import { DebtsInLineOrder } from './0011-debts-in-line-order.ts';
import { NumbersOfTheAccount } from './0012-numbers-of-the-account.ts';
import { MissingMessages } from './0013-missing-messages.ts';
import { MappingOfAnIssuer } from './0014-mapping-of-an-issuer.ts';
import { RetentionOfPersonalData } from './0015-retention-of-personal-data.ts';
import { NeighboursReplayedTogether } from './0016-neighbours-replayed-together.ts';
import { OneFormOfDebtIds } from './0017-one-form-of-debt-ids.ts';
import { NoDebtsOfPart } from './0018-no-debts-of-part.ts';
import { ThePromiseAsViews } from './0019-the-promise-as-views.ts';
import { ProgressOfActions } from './0020-progress-of-actions.ts';
import { IssuersThatChange } from './0021-issuers-that-change.ts';
import { OrganizationsAndKeys } from './0022-organizations-and-keys.ts';
import { Audit } from './0023-audit.ts';
import { RowPolicies } from './0024-row-policies.ts';
import { People } from './0025-people.ts';
import { LimitsAndTurns } from './0026-limits-and-turns.ts';
import { IssuerProposals } from './0027-issuer-proposals.ts';

/** Every migration, oldest first. A migration that has been released is never edited: write the next one. */
export const migrations = [
  Initial,
  DeadLetterActions,
  NotifierClaims,
  ReleaseWindow,
  StageBreakers,
  NotificationResults,
  ParentsByConstruction,
  ChunkSizeOfABatch,
  WakeUps,
  ChunksThatGrow,
  DebtsInLineOrder,
  NumbersOfTheAccount,
  MissingMessages,
  MappingOfAnIssuer,
  RetentionOfPersonalData,
  NeighboursReplayedTogether,
  OneFormOfDebtIds,
  NoDebtsOfPart,
  ThePromiseAsViews,
  ProgressOfActions,
  IssuersThatChange,
  OrganizationsAndKeys,
  Audit,
  RowPolicies,
  People,
  LimitsAndTurns,
  IssuerProposals,
];
