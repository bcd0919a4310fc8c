import { checkLogo, type LogoProblem } from '#boleto-page';
import type { IssuerRequest } from '#contracts/http';
import type { FieldProblem } from '#http';
import { checkReceiver, receiverFor, type PixReceiver, type ReceiverProblem } from '#pix';
import { explainDocument, parseDocument } from '#tax-ids';

/** The fields that are checked here, and those that stand in for fields left out. */
export type PageRequest = Pick<IssuerRequest, 'logo' | 'sacador' | 'pix' | 'name' | 'address'>;

/** Undefined is what was not asked for; with `problems`, nothing is to be relied on. */
export interface IssuerPage {
  readonly logo: Buffer | undefined;
  readonly sacador: { readonly name: string; /** Normalised. */ readonly document: string } | undefined;
  readonly pix: PixReceiver | undefined;
  readonly problems: readonly FieldProblem[];
}

export function readPage({ logo, sacador, pix, name, address }: PageRequest): IssuerPage {
  const image = logo === undefined ? undefined : decodeBase64(logo);
  const document = sacador === undefined ? undefined : parseDocument(sacador.document)?.value;
  const receiver = pix === undefined ? undefined : receiverFor(pix, { name, city: address.city });
  return {
    logo: image,
    sacador: sacador && document && { name: sacador.name, document },
    pix: receiver,
    problems: [
      ...(logo === undefined ? [] : logoProblems(image)),
      ...(sacador === undefined || document !== undefined
        ? []
        : [documentProblem('sacador.document', sacador.document)]),
      ...(receiver === undefined ? [] : checkReceiver(receiver).map(pixProblem)),
    ],
  };
}

export function documentProblem(field: string, text: string): FieldProblem {
  return { field, code: explainDocument(text) ?? 'invalid', message: 'must be a CPF or a CNPJ' };
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function decodeBase64(text: string): Buffer | undefined {
  return BASE64.test(text) ? Buffer.from(text, 'base64') : undefined;
}

const LOGO_MESSAGES: Readonly<Record<LogoProblem, string>> = {
  bytes: 'must be at most 64 KiB',
  pixels: 'must have 1 to 1,200 pixels on each side, and at most 400,000 in all',
  format: 'must be a PNG or JPEG file',
  damaged: 'is cut off or damaged',
  variant: 'must not be interlaced, and transparent PNGs and all JPEGs must have 8 bits a sample',
};

function logoProblems(image: Buffer | undefined): readonly FieldProblem[] {
  if (image === undefined) return [{ field: 'logo', code: 'base64', message: 'must be base64' }];
  const problem = checkLogo(image);
  return problem === undefined ? [] : [{ field: 'logo', code: problem, message: LOGO_MESSAGES[problem] }];
}

function pixProblem({ field, message }: ReceiverProblem): FieldProblem {
  return { field: `pix.${field}`, code: 'invalid', message };
}
