import { Batch, Chunk, ChunkResult } from './batches.ts';
import { Boleto, NossoNumeroBlock, Notification, NotificationResult } from './boletos.ts';
import { Debt, Debtor, DryRunDebt, Rejection } from './debts.ts';
import { Export, ExportPart } from './exports.ts';
import { BankAccountRow, Issuer } from './issuers.ts';
import { TokenBucket } from './limits.ts';
import { DeadLetter, InboxMessage, OutboxMessage } from './messaging.ts';
import {
  DeadLetterAction,
  DeadLetterHistory,
  DebtIdRepair,
  MissingMessage,
  PublisherBlock,
  StageBreaker,
  StagePause,
} from './operations.ts';

/**
 * Every table, as TypeORM sees it. The migrations make the schema; these only have to agree with them, which the drift
 * test checks.
 */
export const entities = [
  BankAccountRow,
  Issuer,
  Batch,
  Chunk,
  ChunkResult,
  Debtor,
  Debt,
  DryRunDebt,
  Rejection,
  NossoNumeroBlock,
  Boleto,
  Notification,
  NotificationResult,
  Export,
  ExportPart,
  OutboxMessage,
  InboxMessage,
  DeadLetter,
  DeadLetterAction,
  DeadLetterHistory,
  StagePause,
  StageBreaker,
  TokenBucket,
  PublisherBlock,
  MissingMessage,
  DebtIdRepair,
];
