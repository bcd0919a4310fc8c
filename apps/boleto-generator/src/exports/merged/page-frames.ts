import type { BoletoPage } from '#boleto-page';

/*
 * A part of a merged PDF consists of frames: one byte for the kind, four bytes of length (big-endian), and the content.
 * A page follows the template that it uses, which stays in use until the next template. The format is internal: a part
 * exists from the drawing of its chunk to the closing of its export, and only the generator reads it.
 */
const TEMPLATE = 0x54;
const PAGE = 0x50;
const HEADER_BYTES = 5;

/** Writes the pages of a part as frames. */
export async function* writeFrames(pages: AsyncIterable<BoletoPage>): AsyncGenerator<Uint8Array> {
  let inUse: Uint8Array | undefined;
  for await (const { template, content } of pages) {
    if (template !== inUse) yield frame(TEMPLATE, template);
    inUse = template;
    yield frame(PAGE, content);
  }
}

function frame(kind: number, content: Uint8Array): Uint8Array {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(kind);
  header.writeUInt32BE(content.length, 1);
  return Buffer.concat([header, content]);
}

/**
 * Reads the pages that writeFrames wrote, whatever the size of the blocks. It holds one block and one frame in memory.
 * @throws Error for bytes that are not frames
 */
export async function* readFrames(blocks: AsyncIterable<Uint8Array>): AsyncGenerator<BoletoPage> {
  let held = Buffer.alloc(0);
  let template: Uint8Array | undefined;
  for await (const block of blocks) {
    held = Buffer.concat([held, block]);
    let at = 0;
    for (let length = frameLength(held, at); length <= held.length - at; length = frameLength(held, at)) {
      // Copied, because a page may be kept longer than the block.
      const content = Buffer.from(held.subarray(at + HEADER_BYTES, at + length));
      const kind = held[at];
      at += length;
      if (kind === TEMPLATE) template = content;
      else if (kind === PAGE && template !== undefined) yield { template, content };
      else throw new Error('the part has something that is neither a template nor a page behind one');
    }
    held = held.subarray(at);
  }
  if (held.length > 0) throw new Error('the part ends within a frame');
}

/** The length of the whole frame that begins at `at`; infinite while its header is incomplete. */
function frameLength(held: Buffer, at: number): number {
  return held.length - at < HEADER_BYTES ? Infinity : HEADER_BYTES + held.readUInt32BE(at + 1);
}
