/** Text at columns, from 1. */
export type Put = readonly (readonly [from: number, text: string])[];

/** A line of blanks or other filling with texts at columns. */
export function lineOf(width: number, put: Put, filling = ' '): string {
  let line = filling.repeat(width);
  for (const [from, text] of put) line = line.slice(0, from - 1) + text + line.slice(from - 1 + text.length);
  return line;
}

/** Changes columns of a line. */
export function changed(line: string, put: Put): string {
  let result = line;
  for (const [from, text] of put) result = result.slice(0, from - 1) + text + result.slice(from - 1 + text.length);
  return result;
}

export function bytesOf(lines: readonly string[], newline = '\r\n'): Uint8Array {
  return Buffer.from(lines.map((line) => line + newline).join(''), 'latin1');
}

/** A payment of R$ 40,00 of which Itaú keeps R$ 2,10. */
export function itauPayment(number: number, put: Put = []): string {
  return lineOf(400, [
    [1, '102'],
    [4, '11222333000181'],
    [18, '073000035110'],
    [63, '00000011'],
    [83, '109000000114'],
    [108, 'I06200513'],
    [147, '000000'],
    [153, '0000000004000'],
    [166, '104'],
    [169, '18739'],
    [176, '0000000000210'],
    [215, '0'.repeat(39)],
    [254, '0000000003790'],
    [267, '0'.repeat(26)],
    [296, '210513'],
    [395, number.toString().padStart(6, '0')],
    ...put,
  ]);
}

export const ITAU_HEADER = lineOf(400, [
  [1, '02RETORNO01COBRANCA'],
  [27, '073000035110'],
  [47, 'EMPRESA LTDA'],
  [77, '341BANCO ITAU S.A.'],
  [95, '200513'],
  [109, '00025'],
  [395, '000001'],
]);

export function itauTrailer(number: number, count: number): string {
  return lineOf(400, [
    [1, '9201341'],
    [213, count.toString().padStart(8, '0')],
    [395, number.toString().padStart(6, '0')],
  ]);
}

/** A retorno of Itaú with two payments. */
export function itauLines(): string[] {
  return [ITAU_HEADER, itauPayment(2), itauPayment(3, [[86, '00000035']]), itauTrailer(4, 2)];
}

const BB_HEADER = lineOf(240, [
  [1, '00100000'],
  [18, '211222333000181'],
  [33, '0019999570014'],
  [53, '012345000000054321'],
  [73, 'EMPRESA LTDA'],
  [103, 'BANCO DO BRASIL'],
  [143, '229122011'],
  [158, '002108'],
]);

const BB_LOT = lineOf(240, [
  [1, '00100011T01'],
  [14, '020'],
  [34, '0019999570014'],
  [54, '012345000000054321'],
  [192, '29122011'],
]);

export function segmentT(number: number, put: Put = []): string {
  return lineOf(240, [
    [1, '00100013'],
    [9, number.toString().padStart(5, '0')],
    [14, 'T 06'],
    [18, '012345000000054321'],
    [38, '14499570000020673'],
    [58, '7'],
    [74, '26122011'],
    [82, '000000000034400'],
    [97, '001020850'],
    [131, '09'],
    [133, '0'.repeat(16)],
    [189, '0'.repeat(10)],
    [199, '000000000000103'],
    [214, '03'],
    ...put,
  ]);
}

export function segmentU(number: number, put: Put = []): string {
  return lineOf(240, [
    [1, '00100013'],
    [9, number.toString().padStart(5, '0')],
    [14, 'U 06'],
    [18, '0'.repeat(60)],
    [78, '000000000034400'],
    [93, '000000000034297'],
    [108, '0'.repeat(30)],
    [138, '2912201102012012'],
    [166, '0'.repeat(15)],
    [211, '000'],
    ...put,
  ]);
}

function digits(count: number): string {
  return count.toString().padStart(6, '0');
}

/** A retorno of Banco do Brasil with the details given. */
export function bbLines(details: readonly string[] = [segmentT(1), segmentU(2)]): string[] {
  return [
    BB_HEADER,
    BB_LOT,
    ...details,
    lineOf(240, [
      [1, '00100015'],
      [18, digits(details.length + 2)],
    ]),
    lineOf(240, [
      [1, '00199999'],
      [18, `000001${digits(details.length + 4)}`],
    ]),
  ];
}
