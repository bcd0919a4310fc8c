import { formatDocument, parseDocument } from '#br-documents';

import type { Address } from './boleto-document.ts';
import type { Box, TextMark } from './mark.ts';
import { PADDING } from './page.ts';
import { printableText } from './printable-text.ts';
import { BLOCK_LABEL_HEIGHT, FOOT, inside, PLAIN, SMALL, type Setter } from './set-text.ts';

/** CPF or CNPJ stands at the right of its party's name. */
const DOCUMENT_WIDTH = 40;
/** Two lines of the smallest size: a name of 120 letters. */
const NAME_HEIGHT = 4.4;

function formatPostalCode(postalCode: string): string {
  return postalCode.replace(/^(\d{5})-?(\d{3})$/, '$1-$2');
}

/** Rua das Flores, 10 – Centro – 01001-000 São Paulo/SP */
function formatAddress({ street, district, city, state, postalCode }: Address): string {
  const cityState = [city, state].filter(Boolean).join('/');
  const place = [postalCode === undefined ? '' : formatPostalCode(postalCode), cityState].filter(Boolean).join(' ');
  return printableText([street, district, place].filter(Boolean).join(' – '));
}

/** The kind is named only where the check digits prove it. */
export function labelDocument(document: string): string {
  const kind = parseDocument(document)?.kind;
  const label = kind === undefined ? 'CPF/CNPJ' : { cpf: 'CPF', cnpj: 'CNPJ' }[kind];
  return `${label}: ${printableText(formatDocument(document))}`;
}

/** Beneficiary or payer, in words ready to print. */
export interface PartyText {
  readonly name: string;
  readonly document: string;
  /** Empty if not known. */
  readonly address: string;
}

export function partyText(party: {
  readonly name: string;
  readonly document: string;
  readonly address?: Address | undefined;
}): PartyText {
  return {
    name: printableText(party.name),
    document: labelDocument(party.document),
    address: formatAddress(party.address ?? {}),
  };
}

export function partyMarks(set: Setter, cell: Box, paragraph: string, party: PartyText): TextMark[] {
  const box = inside(cell, BLOCK_LABEL_HEIGHT);
  const name = { ...box, width: box.width - DOCUMENT_WIDTH - PADDING, height: NAME_HEIGHT };
  const document = { ...name, x: box.x + box.width - DOCUMENT_WIDTH, width: DOCUMENT_WIDTH };
  const address = { ...box, y: box.y + NAME_HEIGHT, height: box.height - NAME_HEIGHT - FOOT };
  return [
    ...set([party.name], { box: name, type: PLAIN, paragraph }),
    ...set([party.document], { box: document, type: PLAIN, paragraph, align: 'right' }),
    ...set([party.address], { box: address, type: SMALL, paragraph, at: 'bottom' }),
  ];
}
