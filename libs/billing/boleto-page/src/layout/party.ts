import { formatDocument, parseDocument } from '#tax-ids';
import type { Box } from '../drawing/mark.ts';
import { printableText } from '../text/printable-text.ts';
import {
  BLOCK_LABEL_HEIGHT,
  FOOT,
  inside,
  place,
  PLAIN,
  SMALL,
  type Placement,
  type Setter,
} from '../text/set-text.ts';
import type { Address } from './boleto-document.ts';
import { PADDING } from './page.ts';

/** The width in mm for the CPF or CNPJ, at the right of its party's name. */
const DOCUMENT_WIDTH = 40;
/** Two lines of the smallest size: enough for a name of 120 letters. */
const NAME_HEIGHT = 4.4;

function formatPostalCode(postalCode: string): string {
  return postalCode.replace(/^(\d{5})-?(\d{3})$/, '$1-$2');
}

function joined(separator: string, parts: readonly (string | undefined)[]): string {
  return parts.filter(Boolean).join(separator);
}

/** Formats an address: Rua das Flores, 10 – Centro – 01001-000 São Paulo/SP. */
function formatAddress({ street, district, city, state, postalCode }: Address): string {
  const cityLine = joined(' ', [postalCode && formatPostalCode(postalCode), joined('/', [city, state])]);
  return printableText(joined(' – ', [street, district, cityLine]));
}

/** Labels a document as CPF or CNPJ only if its check digits are valid. */
export function labelDocument(document: string): string {
  const kind = parseDocument(document)?.kind;
  const label = kind === undefined ? 'CPF/CNPJ' : { cpf: 'CPF', cnpj: 'CNPJ' }[kind];
  return `${label}: ${printableText(formatDocument(document))}`;
}

/** The printable texts of a beneficiary or a payer. */
export interface PartyText {
  readonly name: readonly [string];
  readonly document: readonly [string];
  /** An empty text if the address is unknown. */
  readonly address: readonly [string];
}

interface Party {
  readonly name: string;
  readonly document: string;
  readonly address?: Address | undefined;
}

export function partyText({ name, document, address = {} }: Party): PartyText {
  return { name: [printableText(name)], document: [labelDocument(document)], address: [formatAddress(address)] };
}

/** The placements of a party's name, document and address in its cell. */
export type PartyPlaces = Readonly<Record<keyof PartyText, Placement>>;

export function partyPlaces(cell: Box, paragraph: string): PartyPlaces {
  const box = inside(cell, BLOCK_LABEL_HEIGHT);
  const name = { ...box, width: box.width - DOCUMENT_WIDTH - PADDING, height: NAME_HEIGHT };
  const document = { ...name, x: box.x + box.width - DOCUMENT_WIDTH, width: DOCUMENT_WIDTH };
  const address = { ...box, y: box.y + NAME_HEIGHT, height: box.height - NAME_HEIGHT - FOOT };
  return {
    name: place(name, PLAIN, paragraph),
    document: place(document, PLAIN, paragraph, { align: 'right' }),
    address: place(address, SMALL, paragraph, { at: 'bottom' }),
  };
}

export function setParty(setter: Setter, party: PartyText, places: PartyPlaces): void {
  setter.set(party.name, places.name);
  setter.set(party.document, places.document);
  setter.set(party.address, places.address);
}
