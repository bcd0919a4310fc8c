import { Inject, Injectable } from '@nestjs/common';
import { ProblemError } from '#http';
import { STORAGE } from '#process';
import type { Storage } from '#storage';
import { SETTINGS, type UploadSettings } from '../config.ts';

/** An operator, or the retention of uploads, makes room. */
const RETRY_AFTER_SECONDS = 60;

/** Refuses uploads before the disk is full: what is in work needs room too, and a full disk fails all of it. */
@Injectable()
export class StorageSpace {
  constructor(
    @Inject(STORAGE) private readonly storage: Storage,
    @Inject(SETTINGS) private readonly settings: Pick<UploadSettings, 'STORAGE_FREE_BYTES_MIN'>,
  ) {}

  /** @throws ProblemError 503 STORAGE_FULL. A storage that has no disk of its own is not asked. */
  async check(): Promise<void> {
    const free = await this.storage.freeBytes();
    if (free === undefined || free >= this.settings.STORAGE_FREE_BYTES_MIN) return;
    throw new ProblemError({
      status: 503,
      code: 'STORAGE_FULL',
      title: 'The storage has no room for uploads',
      detail: 'Nothing was changed. Send the same request again later; if it stays so, tell the operator.',
      headers: { 'Retry-After': RETRY_AFTER_SECONDS.toString() },
    });
  }
}
