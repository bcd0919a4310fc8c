/** The facts about a subscription with a channel that decide its next step. */
export interface SubscriptionState {
  /** The channel is closed. */
  readonly isGone: boolean;
  /** The process was told to stop. */
  readonly isStopping: boolean;
  readonly isPaused: boolean;
  /** The broker has a consumer on this channel. */
  readonly isConsuming: boolean;
  /** The rest of the process was told that messages may arrive. */
  readonly isActive: boolean;
  /** The consumer received nothing for too long, with no work in progress that would explain it. */
  readonly isSilent: boolean;
}

/**
 * `end`: leave the channel. `stop`: cancel the consumer and let the work in progress finish. `suspend`: cancel it and
 * hand waiting messages back. `consume`: begin. `renew`: replace the consumer, because it may be deaf. `wait`: until
 * something changes.
 */
export type Step = 'end' | 'stop' | 'suspend' | 'consume' | 'renew' | 'wait';

/** Decides the next step. Pure. */
export function nextStep({ isGone, isStopping, isPaused, isConsuming, isActive, isSilent }: SubscriptionState): Step {
  if (isGone) return 'end';
  if (isStopping) return 'stop';
  // A pause between two consumers finds none, but the process still counts as active.
  if (isPaused) return isConsuming || isActive ? 'suspend' : 'wait';
  if (!isConsuming) return 'consume';
  return isSilent ? 'renew' : 'wait';
}
