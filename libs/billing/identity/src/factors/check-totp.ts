import type { Db } from '#database';
import { takeTotpStep, type Account } from '../accounts/account.queries.ts';
import type { SecretBox, SecretPlace } from '../secret-box.ts';
import { matchTotp } from './totp.ts';

/** Where the seed of a person is stored. */
export function seedPlace(userId: string): SecretPlace {
  return { table: 'users', column: 'totp_seed', id: userId };
}

/** True if the code is right; it is used up then, so that the same code is wrong afterwards. */
export async function checkTotp(
  db: Db,
  account: Account,
  { code, box }: { readonly code: string; readonly box: SecretBox },
): Promise<boolean> {
  const { id, totpSeed, totpLastStep } = account;
  if (totpSeed === null) return false;
  const lastStep = totpLastStep === null ? undefined : Number(totpLastStep);
  const step = matchTotp(box.open(totpSeed, seedPlace(id)), { code, now: new Date(), lastStep });
  return step !== undefined && (await takeTotpStep(db, { id, seed: totpSeed, step }));
}
