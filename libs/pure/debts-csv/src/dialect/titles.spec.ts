import { expect, test } from 'vitest';
import type { Field } from '../row/column-table.ts';
import { fieldOf } from '../row/fields.ts';
import { documentKindOf, fieldOfExportTitle } from './titles.ts';

function meaningOf(title: string): Field | undefined {
  return fieldOf(title) ?? fieldOfExportTitle(title);
}

test.each<readonly [Field, readonly string[]]>([
  ['name', ['Nome / Razão Social', 'Nome ou Razão Social', 'Razão Social do Cliente', 'Nome do(a) Pagador', 'SACADO']],
  [
    'governmentId',
    [
      'CPF do Pagador',
      'CPF/CNPJ do Sacado',
      'CNPJ / CPF',
      'CPF ou CNPJ do cliente',
      'Documento do devedor',
      'CPF Cliente',
      'Documento (CPF/CNPJ)',
    ],
  ],
  ['email', ['E-mail do Pagador', 'E-mail / Email', 'E-mail cobrança', 'EMAIL SACADO']],
  [
    'debtAmount',
    [
      'Valor (R$)',
      'Valor R$',
      'Valor em R$',
      'Valor em reais',
      'VALOR [BRL]',
      'Vlr. Título',
      'Vl. Nominal',
      'Valor do Título (R$)',
      'Valor do Documento',
    ],
  ],
  [
    'debtDueDate',
    ['Dt. Vencto', 'Vencimento (dd/mm/aaaa)', 'Data do Vencimento', 'Venc.', 'Vcto', 'Vencimento do boleto'],
  ],
  [
    'debtId',
    [
      'Nº do Título',
      'N° do Título',
      'N.º do título',
      'Núm. Título',
      'Nr. Fatura',
      'No. do Título',
      '№ do título',
      'Cód. do Título',
      'Seu Número',
      'ID da Cobrança',
    ],
  ],
  ['street', ['Endereço do Sacado', 'Logradouro do pagador', 'Endereço completo']],
  ['city', ['Cidade do Pagador', 'Município / Cidade']],
  ['state', ['UF do Sacado']],
  ['postalCode', ['CEP do Pagador']],
])('means %s: %j', (field, titles) => {
  expect(titles.map((title) => [title, meaningOf(title)])).toEqual(titles.map((title) => [title, field]));
});

test.each([
  'Valor pago',
  'Valor da multa',
  'Valor (multa)',
  'Valor dos juros',
  'Valor do desconto',
  'Valor líquido',
  'Valor do cliente',
  'Valor / Vencimento',
  'Data de pagamento',
  'Data de emissão',
  'Data do título',
  'Vencimento original',
  'CPF do vendedor',
  'CPF do sacador',
  'CNPJ do beneficiário',
  'CNPJ do cedente',
  'CPF/CNPJ do avalista',
  'Nome do vendedor',
  'Nome do sacador',
  'Nome fantasia',
  'Nome / CPF',
  'Pagador (CPF)',
  'Cliente (código)',
  'E-mail do vendedor',
  'Código do cliente',
  'ID do cliente',
  'Nº do cliente',
  'Nº do documento',
  'Número do documento',
  'Nosso número',
  'Telefone do cliente',
  'Cidade/UF',
  'Nº',
  'do Pagador',
  '/',
  '()',
])('means nothing to us: %j', (title) => {
  expect(meaningOf(title)).toBeUndefined();
});

test('says which document a column holds', () => {
  expect(['CPF', 'CNPJ do Pagador', 'CPF/CNPJ', 'Documento'].map((title) => documentKindOf(title))).toEqual([
    'cpf',
    'cnpj',
    'any',
    'any',
  ]);
});
