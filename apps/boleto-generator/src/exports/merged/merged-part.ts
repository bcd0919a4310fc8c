import type { BoletoPage } from '#boleto-page';
import { PartMeter, type PartSummary } from '../part.ts';
import { writeFrames } from './page-frames.ts';

/** Turns pages into a part of a merged PDF, one at a time. `summary` is complete when `blocks` has ended. */
export class MergedPart {
  readonly #meter = new PartMeter();

  async *blocks(pages: AsyncIterable<BoletoPage>): AsyncGenerator<Uint8Array> {
    for await (const frame of writeFrames(pages)) yield this.#meter.counted(frame);
  }

  /** Describes only this part. */
  get summary(): PartSummary {
    return { bytes: this.#meter.bytes, crc32: this.#meter.crc32, entries: [] };
  }
}
