import type { BoletoDocument } from './boleto-document.ts';
import { cellMarks } from './cells.ts';
import { opaqueImage } from './logo.ts';
import type { FormMark, Measure } from './mark.ts';
import { FICHA, LABELS, LETTERHEAD, PADDING, paragraphOf, RECIBO, type Slip } from './page.ts';
import { partyMarks, partyText, type PartyText } from './party.ts';
import { printableText } from './printable-text.ts';
import { PLAIN, setter, type Setter, type Type } from './set-text.ts';

const TITLE: Type = { face: 'bold', sizes: [13, 12, 11, 10, 9, 8] };
const BANK: Type = { face: 'bold', sizes: [10, 9.5, 9, 8.5, 8] };
/** Digits 5 mm high. */
const BANK_CODE: Type = { face: 'bold', sizes: [20] };

/** All that a page shows of its issuer and bank: boletos of which this is equal share a template. */
export interface IssuerFacts {
  readonly beneficiary: Omit<BoletoDocument['issuer'], 'logo'>;
  readonly bankName: string;
  readonly bankCodeWithDv: string;
  readonly localPagamento: string;
  readonly agenciaCodigo: string;
  readonly carteira: string;
  readonly especie: string;
  readonly aceite: string;
}

export function issuerFacts({ issuer, composed, especie, aceite }: BoletoDocument): IssuerFacts {
  const { name, document, address } = issuer;
  const { street, district, city, state, postalCode } = address;
  return {
    beneficiary: { name, document, address: { street, district, city, state, postalCode } },
    bankName: composed.bankName,
    bankCodeWithDv: composed.bankCodeWithDv,
    localPagamento: composed.localPagamento,
    agenciaCodigo: composed.agenciaCodigoImpresso,
    carteira: composed.carteiraImpressa,
    especie,
    aceite,
  };
}

function slipMarks(set: Setter, slip: Slip, facts: IssuerFacts, beneficiary: PartyText): FormMark[] {
  const header = paragraphOf(slip.name, LABELS.header);
  const values = {
    localPagamento: printableText(facts.localPagamento),
    agenciaCodigo: printableText(facts.agenciaCodigo),
    carteira: printableText(facts.carteira),
    especieDocumento: printableText(facts.especie),
    aceite: printableText(facts.aceite),
    especieMoeda: 'R$',
  };
  const bank = { ...slip.bank, width: slip.bank.width - PADDING };
  return [
    ...set([printableText(facts.bankName)], { box: bank, type: BANK, paragraph: header }),
    ...set([printableText(facts.bankCodeWithDv)], {
      box: slip.code,
      type: BANK_CODE,
      paragraph: header,
      align: 'centre',
    }),
    ...cellMarks(set, slip.cells, values),
    ...partyMarks(set, slip.beneficiary, paragraphOf(slip.name, LABELS.beneficiary), beneficiary),
  ];
}

/** Name and address, beside the logo if there is one. */
function letterheadMarks(set: Setter, beneficiary: PartyText, logo: Uint8Array | undefined): FormMark[] {
  const indent = logo === undefined ? 0 : LETTERHEAD.logoIndent;
  const [name, details] = [LETTERHEAD.name, LETTERHEAD.details].map((box) => ({
    ...box,
    x: box.x + indent,
    width: box.width - indent,
  })) as [typeof LETTERHEAD.name, typeof LETTERHEAD.details];
  const paragraph = 'letterhead';
  const about = [beneficiary.document, beneficiary.address].filter(Boolean).join(' – ');
  return [
    ...set([beneficiary.name], { box: name, type: TITLE, paragraph }),
    ...set([about], { box: details, type: PLAIN, paragraph }),
    ...(logo === undefined ? [] : [{ kind: 'image' as const, bytes: opaqueImage(logo), box: LETTERHEAD.logo }]),
  ];
}

/** What all boletos of an issuer write into the form. RangeError for a logo that checkLogo finds something wrong with. */
export function issuerMarks(facts: IssuerFacts, logo: Uint8Array | undefined, measure: Measure): readonly FormMark[] {
  const set = setter(measure);
  const beneficiary = partyText(facts.beneficiary);
  return [
    ...letterheadMarks(set, beneficiary, logo),
    ...slipMarks(set, RECIBO, facts, beneficiary),
    ...slipMarks(set, FICHA, facts, beneficiary),
  ];
}
