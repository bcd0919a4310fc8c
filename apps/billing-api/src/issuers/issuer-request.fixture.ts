import { cnpjFrom } from '#testing';

/** A request for an issuer at Banco do Brasil. Issuers of the same `n` have the same CNPJ. */
export const issuerRequestOf = (n: number) => ({
  name: 'Mensalidades Exemplo Ltda',
  document: cnpjFrom(n),
  address: { street: 'Rua das Acácias, 100', city: 'São Paulo', state: 'SP', postalCode: '01001-000' },
  bankCode: '001',
  account: { agencia: '1234', conta: '12345678', carteira: '17', convenio: '1234567' },
  instructions: ['Não receber após 30 dias do vencimento'],
});

/** A PNG of one pixel, in base64. */
export const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
