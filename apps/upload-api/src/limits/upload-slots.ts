import { Inject, Injectable } from '@nestjs/common';
import { OpenPlaces, type Principal } from '#access';
import { SETTINGS, type UploadSettings } from '../config.ts';

/** Most uploads are over by then. */
const RETRY_AFTER_SECONDS = 10;

/**
 * Open uploads of this process. Each holds buffers for as long as it is open, so that their number bounds the memory.
 */
@Injectable()
export class UploadSlots {
  readonly #places: OpenPlaces;

  constructor(@Inject(SETTINGS) settings: Pick<UploadSettings, 'UPLOADS_MAX'>) {
    this.#places = new OpenPlaces({
      what: 'uploads',
      ofKey: 'uploadsOpenOfKey',
      ofOrganization: 'uploadsOpenOfOrganization',
      ofProcess: 'uploadsOpen',
      processMax: settings.UPLOADS_MAX,
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }

  /**
   * Runs `work` in a place of its own. Call it before a body is read.
   * @throws ProblemError 503 UPLOADS_FULL when every place is taken, 429 CLIENT_UPLOADS_FULL beyond those of the caller
   */
  async with<T>(caller: Principal, work: () => Promise<T>): Promise<T> {
    const giveBack = this.#places.take(caller);
    try {
      return await work();
    } finally {
      giveBack();
    }
  }
}
