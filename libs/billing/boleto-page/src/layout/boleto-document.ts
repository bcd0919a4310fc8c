import type { ComposedBoleto } from '#boleto';
import type { CalendarDate } from '#calendar';
import type { Centavos } from '#money';

/** A postal address as far as it is known. The page prints the parts that are present. */
export interface Address {
  readonly street?: string | undefined;
  readonly district?: string | undefined;
  readonly city?: string | undefined;
  /** Two letters, such as SP. */
  readonly state?: string | undefined;
  /** CEP, with or without its hyphen. */
  readonly postalCode?: string | undefined;
}

/** The creditor (beneficiário). Lei 12.039/2009 requires name, CPF/CNPJ and address on the page. */
interface Beneficiary {
  readonly name: string;
  /** CPF or CNPJ, normalised. */
  readonly document: string;
  readonly address: Address;
  /** A PNG or JPEG file that checkLogo accepts; scaled to fit 40 × 14.5 mm. */
  readonly logo?: Uint8Array | undefined;
}

/** The debtor (pagador). */
interface Payer {
  readonly name: string;
  /** A normalised CPF or CNPJ. Any other text is printed unchanged. */
  readonly document: string;
  readonly address?: Address | undefined;
}

/** The original creditor (sacador/avalista), when the beneficiary collects for another party. */
interface Creditor {
  readonly name: string;
  /** CPF or CNPJ, normalised. */
  readonly document: string;
}

/** A QR code as its black modules, without a quiet zone. */
export interface QrCode {
  /** Modules per side: 21, 25 … 177. */
  readonly size: number;
  /** Column and row, counted from the top left corner. */
  readonly isDark: (x: number, y: number) => boolean;
}

/** A Pix payment, printed beside the barcode. */
export interface PixPayment {
  /** The QR code of `copiaECola`. */
  readonly qr: QrCode;
  /** The BR Code: at most 512 characters of WinAnsi. The caller has checked its CRC. */
  readonly copiaECola: string;
  /** True only for a BR Code that the bank issued for this boleto. Paying any other leaves the boleto open. */
  readonly settlesBoleto: boolean;
}

/** Everything that the page shows. Equal documents always give equal bytes. */
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
  /** FEBRABAN's abbreviation: DM, DS, OU … */
  readonly especie: string;
  readonly aceite: 'S' | 'N';
  /** One paragraph each, as dates and R$ amounts. */
  readonly instructions: readonly string[];
  readonly pix?: PixPayment | undefined;
}
