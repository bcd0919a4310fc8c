import { opaqueImage } from '../drawing/logo.ts';
import type { FormMark, Measure } from '../drawing/mark.ts';
import { printableText } from '../text/printable-text.ts';
import { place, PLAIN, Setter, type Type } from '../text/set-text.ts';
import type { BoletoDocument } from './boleto-document.ts';
import { cellPlaces } from './cells.ts';
import { FICHA, LETTERHEAD, PADDING, RECIBO, type Slip } from './page.ts';
import { partyPlaces, partyText, setParty, type PartyText } from './party.ts';

const TITLE: Type = { face: 'bold', sizes: [13, 12, 11, 10, 9, 8] };
const BANK: Type = { face: 'bold', sizes: [10, 9.5, 9, 8.5, 8] };
/** Digits 5 mm high. */
const BANK_CODE: Type = { face: 'bold', sizes: [20] };

const FIELDS = ['localPagamento', 'agenciaCodigo', 'carteira', 'especieDocumento', 'aceite', 'especieMoeda'] as const;

/** Everything that a page shows of its issuer and bank, except the logo. Boletos with equal facts share a template. */
export interface IssuerFacts {
  readonly beneficiary: Omit<BoletoDocument['issuer'], 'logo'>;
  readonly bankName: string;
  readonly bankCodeWithDv: string;
  readonly values: Readonly<Record<(typeof FIELDS)[number], string>>;
}

export function issuerFacts({ issuer, composed, especie, aceite }: BoletoDocument): IssuerFacts {
  const { name, document, address } = issuer;
  const { street, district, city, state, postalCode } = address;
  return {
    beneficiary: { name, document, address: { street, district, city, state, postalCode } },
    bankName: composed.bankName,
    bankCodeWithDv: composed.bankCodeWithDv,
    values: {
      localPagamento: composed.localPagamento,
      agenciaCodigo: composed.agenciaCodigoImpresso,
      carteira: composed.carteiraImpressa,
      especieDocumento: especie,
      aceite,
      especieMoeda: 'R$',
    },
  };
}

function setSlip(setter: Setter, slip: Slip, facts: IssuerFacts, beneficiary: PartyText): void {
  const { header } = slip.paragraphs;
  const bank = { ...slip.bank, width: slip.bank.width - PADDING };
  setter.set([printableText(facts.bankName)], place(bank, BANK, header));
  setter.set([printableText(facts.bankCodeWithDv)], place(slip.code, BANK_CODE, header, { align: 'centre' }));
  for (const [field, placement] of cellPlaces(slip.cells, FIELDS)) {
    setter.set([printableText(facts.values[field])], placement);
  }
  setParty(setter, beneficiary, partyPlaces(slip.beneficiary, slip.paragraphs.beneficiary));
}

/** Sets name and address, beside the logo if there is one. */
function setLetterhead(setter: Setter, { name, document, address }: PartyText, indent: number): void {
  const [nameBox, detailsBox] = [LETTERHEAD.name, LETTERHEAD.details];
  const details = [...document, ...address].filter(Boolean).join(' – ');
  const beside = { x: nameBox.x + indent };
  setter.set(name, place({ ...nameBox, ...beside, width: nameBox.width - indent }, TITLE, 'letterhead'));
  setter.set([details], place({ ...detailsBox, ...beside, width: detailsBox.width - indent }, PLAIN, 'letterhead'));
}

/** The marks that all boletos of an issuer add to the form. Throws a RangeError for a logo that checkLogo refuses. */
export function issuerMarks(facts: IssuerFacts, logo: Uint8Array | undefined, measure: Measure): readonly FormMark[] {
  const setter = new Setter(measure);
  const beneficiary = partyText(facts.beneficiary);
  setLetterhead(setter, beneficiary, logo === undefined ? 0 : LETTERHEAD.logoIndent);
  setSlip(setter, RECIBO, facts, beneficiary);
  setSlip(setter, FICHA, facts, beneficiary);
  if (logo === undefined) return setter.marks;
  return [{ kind: 'image', bytes: opaqueImage(logo), box: LETTERHEAD.logo }, ...setter.marks];
}
