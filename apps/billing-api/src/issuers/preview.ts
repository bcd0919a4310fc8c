import { renderStamped } from '#boleto-page';
import { previewDocument } from '#boleto-page-data';
import type { CalendarDate } from '#calendar';
import type { NewIssuer } from './issuer.queries.ts';

/** A boleto of the issuer as a PDF, for a debt that does not exist: it says so and cannot be paid. */
export async function renderPreview(issuer: NewIssuer, today: CalendarDate): Promise<Buffer> {
  const { name, document, address, account, especie, instructions, fees, sacador, logo, pix } = issuer;
  const boleto = previewDocument(
    {
      beneficiary: { name, document, address, logo },
      account,
      terms: { especie, instructions, fees, sacador },
      pix,
    },
    { sequence: issuer.nextNossoNumero, today },
  );
  const bytes = await renderStamped(boleto, 'PRÉVIA');
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
