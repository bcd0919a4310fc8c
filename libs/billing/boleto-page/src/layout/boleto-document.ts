import type { ComposedBoleto } from '#boleto';
import type { CalendarDate } from '#calendar';
import type { Centavos } from '#money';

/** A postal address as far as it is known; the page prints the parts that are there. */
export interface Address {
  readonly street?: string | undefined;
  readonly district?: string | undefined;
  readonly city?: string | undefined;
  /** Two letters: SP. */
  readonly state?: string | undefined;
  /** CEP, with or without its hyphen. */
  readonly postalCode?: string | undefined;
}

/** Who is owed (beneficiário): Lei 12.039/2009 wants name, CPF/CNPJ and address on the page. */
interface Beneficiary {
  readonly name: string;
  /** CPF or CNPJ, normalised. */
  readonly document: string;
  readonly address: Address;
  /** A PNG or JPEG file that checkLogo finds nothing wrong with; scaled to fit 40 × 14.5 mm. */
  readonly logo?: Uint8Array | undefined;
}

/** Who pays (pagador). */
interface Payer {
  readonly name: string;
  /** CPF or CNPJ, normalised; any other text is printed as it is. */
  readonly document: string;
  readonly address?: Address | undefined;
}

/** For whom the beneficiary collects, when it is not for itself (sacador/avalista). */
interface Creditor {
  readonly name: string;
  /** CPF or CNPJ, normalised. */
  readonly document: string;
}

/** A QR code as its black modules, without quiet zone. */
export interface QrCode {
  /** Modules on a side: 21, 25 … 177. */
  readonly size: number;
  /** From the top left corner: column, row. */
  readonly isDark: (x: number, y: number) => boolean;
}

/** Pix beside the barcode. */
export interface PixPayment {
  /** Of `copiaECola`. */
  readonly qr: QrCode;
  /** The BR Code, its CRC checked by the caller; at most 512 characters that WinAnsi has. */
  readonly copiaECola: string;
  /** True only for a BR Code that the bank issued for this boleto: paying another leaves the boleto open. */
  readonly settlesBoleto: boolean;
}

/** All that the page shows; the same document always gives the same bytes. */
export interface BoletoDocument {
  readonly issuer: Beneficiary;
  readonly payer: Payer;
  readonly sacador?: Creditor | undefined;
  readonly composed: ComposedBoleto;
  /** Número do documento: the debt's id at the issuer. */
  readonly debtId: string;
  readonly amount: Centavos;
  readonly dueDate: CalendarDate;
  readonly issuedOn: CalendarDate;
  /** FEBRABAN's mnemonic: DM, DS, OU … */
  readonly especie: string;
  readonly aceite: 'S' | 'N';
  /** One paragraph each, as dates and R$ amounts. */
  readonly instructions: readonly string[];
  readonly pix?: PixPayment | undefined;
}
