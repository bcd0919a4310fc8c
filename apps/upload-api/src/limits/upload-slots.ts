import { Inject, Injectable } from '@nestjs/common';
import { ProblemError } from '#http';
import { SETTINGS, type UploadSettings } from '../config.ts';

/** Most uploads are over by then. */
const RETRY_AFTER_SECONDS = 10;

/**
 * Open uploads of this process. Each holds buffers for as long as it is open, so that their number bounds the memory.
 */
@Injectable()
export class UploadSlots {
  #taken = 0;

  constructor(@Inject(SETTINGS) private readonly settings: Pick<UploadSettings, 'UPLOADS_MAX'>) {}

  /**
   * Runs `work` in a place of its own. Call it before a body is read.
   * @throws ProblemError 503 UPLOADS_FULL when every place is taken.
   */
  async with<T>(work: () => Promise<T>): Promise<T> {
    if (this.#taken >= this.settings.UPLOADS_MAX) throw uploadsFull();
    this.#taken += 1;
    try {
      return await work();
    } finally {
      this.#taken -= 1;
    }
  }
}

function uploadsFull(): ProblemError {
  return new ProblemError({
    status: 503,
    code: 'UPLOADS_FULL',
    title: 'Too many uploads are open',
    detail: 'Nothing was changed. Send the same request again in a moment.',
    headers: { 'Retry-After': RETRY_AFTER_SECONDS.toString() },
  });
}
