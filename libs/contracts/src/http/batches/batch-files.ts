/** The columns of results.csv. */
export const RESULTS_HEADER = [
  'line',
  'debtId',
  'status',
  'nossoNumero',
  'codigoBarras',
  'linhaDigitavel',
  'amount',
  'dueDate',
  'boletoId',
  'notification',
] as const;

/** The columns of rejections.csv. */
export const REJECTIONS_HEADER = ['line', 'field', 'value', 'code', 'message', 'raw'] as const;

/** The columns of duplicates.csv. */
export const DUPLICATES_HEADER = [
  'line',
  'debtId',
  'firstBatchId',
  'firstFile',
  'firstLine',
  'equalTerms',
  'note',
] as const;

const FORMAT =
  'UTF-8 without BOM, CRLF, RFC 4180, ordered by line. A text that a spreadsheet would run as a formula has an ' +
  "apostrophe (') in front, and so has the same text behind a separator inside a cell. A batch that is still being processed gives what is there by now.";

/** The text of /docs about each file, and its first lines. */
export const batchFiles = {
  results: {
    description:
      `${FORMAT} \`status\` is the boleto's (issued …), or pending while there is none yet, or dead when there will ` +
      'be none. Duplicates are in duplicates.csv. ' +
      'A batch of mode `validate` has no boletos, so no rows here. `line` is the line of the file, the header ' +
      'being 1; `codigoBarras` and `linhaDigitavel` are 44 and 47 digits: import them as text.',
    example:
      `${RESULTS_HEADER.join(',')}\r\n` +
      '2,F-1001,issued,12345670000000001,00191163600000123450000001234567000000000117,' +
      '00190000090123456700700000001172116360000012345,123.45,2026-12-31,' +
      '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e,sent\r\n',
  },
  rejections: {
    description:
      `${FORMAT} One line a problem: a row with three problems has three, each with the whole row as it came, so ` +
      'that a file to correct can be made of it.',
    example:
      `${REJECTIONS_HEADER.join(',')}\r\n` +
      '7,debtAmount,abc,AMOUNT_INVALID,"Informe o valor em reais, como 1234,56.",' +
      '"Maria,52998224725,maria@example.com,abc,2026-12-31,F-1006"\r\n',
  },
  duplicates: {
    description:
      `${FORMAT} A row is a duplicate when its debt id is known with the same document, amount and due date. ` +
      '`equalTerms` names everything that is equal, `name` and `email` included. Of a batch of mode `validate` a row is ' +
      'compared with the debts that were on record then and with the earlier rows of its file. `note` says what cannot be ' +
      'known. The list is made by reading the file again, so it is there as long as the file is kept.',
    example:
      `${DUPLICATES_HEADER.join(',')}\r\n` +
      '3,CONTRATO-9,0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e,cobrancas.csv,2,document amount dueDate name email,\r\n',
  },
} as const;
