import { z } from 'zod';
import { parseBrCode, type ParsedBrCode } from '#pix';
import { failed, PASSED, type CaseResult } from './report.ts';

const pixVector = z.looseObject({
  payload: z.string(),
  valid_crc: z.boolean(),
  kind: z.enum(['static', 'dynamic']).optional(),
  /** Values by tag. Templates are not taken apart. */
  tlv: z.record(z.string(), z.string()).optional(),
});

type PixVector = z.output<typeof pixVector>;

/** BR Codes, each with a flag that says whether its CRC is correct. */
export const pixFile = z.looseObject({ vectors: z.array(pixVector) });

const CRC_TAG = '63';

export function checkPix({ vectors }: z.output<typeof pixFile>): readonly CaseResult[] {
  return vectors.map((vector, index) => {
    const name = `#${(index + 1).toString()} ${vector.payload}`;
    const parsed = parseBrCode(vector.payload);
    if (parsed.ok) {
      const problem = vector.valid_crc ? difference(vector, parsed) : 'is accepted, but its CRC is wrong';
      return problem === undefined ? PASSED : failed(name, problem);
    }
    const reason = parsed.problems.map(({ tag, message }) => `${tag} ${message}`.trim()).join('; ');
    const isForCrc = parsed.problems.some(({ tag }) => tag === CRC_TAG);
    return !vector.valid_crc && isForCrc ? { kind: 'refused', name, reason } : failed(name, reason);
  });
}

function difference({ kind, tlv }: PixVector, parsed: ParsedBrCode): string | undefined {
  if (kind !== undefined && kind !== parsed.kind) return `is ${parsed.kind}, not ${kind}`;
  if (tlv === undefined) return undefined;
  const given = new Map(parsed.objects.map(({ tag, value }) => [tag, value]));
  const tags = [...new Set([...Object.keys(tlv), ...given.keys()])];
  const tag = tags.find((each) => given.get(each) !== tlv[each]);
  return tag === undefined ? undefined : `${tag} is ${given.get(tag) ?? 'missing'}, not ${tlv[tag] ?? 'there'}`;
}
