import type { ParseProblem } from '#boleto';
import { formatBrDate, type CalendarDate } from '#calendar';

/** Explains a fault in the digits of a boleto in Portuguese, for the person who typed them. */
export function explainProblem(problem: ParseProblem, today: CalendarDate): string {
  const { code, field, position = 0, found = '', expected = '', suspects = [] } = problem;
  const at = position.toString();
  switch (code) {
    case 'not-digits':
      return `O caractere ${at} (${JSON.stringify(found)}) não é um dígito.`;
    case 'arrecadacao':
      return `São ${found} dígitos começados por 8: é uma conta de arrecadação (tributo ou concessionária), não um boleto bancário.`;
    case 'length':
      return `A linha digitável tem 47 dígitos e o código de barras 44; aqui há ${found}.`;
    case 'currency':
      return `O dígito ${at}, a moeda, é ${found}; só existe 9 (real).`;
    case 'factor':
      return `O fator de vencimento ${found} não é de dia algum: eles começam em 1000.`;
    case 'due-date':
      return `O fator de vencimento ${found} não é de dia algum entre 3000 dias antes e 5500 dias depois de ${formatBrDate(today)}.`;
    case 'check-digit':
      return checkDigitText({ field, at, found, expected }) + suspectsText(suspects);
  }
}

function checkDigitText(digit: { field: string; at: string; found: string; expected: string }): string {
  const { field, at, found, expected } = digit;
  const values = `(dígito ${at}) é ${found}, mas os outros dígitos pedem ${expected}`;
  if (field === 'campo 4') {
    return `O dígito verificador geral ${values}: ele, ou um dígito do campo 5 (vencimento e valor), está errado.`;
  }
  if (field === 'dígito verificador') {
    return `O dígito verificador geral ${values}: ele, ou outro dígito do código de barras, está errado.`;
  }
  return `No ${field}, o dígito verificador ${values}.`;
}

function suspectsText(suspects: NonNullable<ParseProblem['suspects']>): string {
  if (suspects.length === 0) return '';
  const each = suspects.map(
    ({ position, found, expected }) => `o dígito ${position.toString()} é ${found} e deveria ser ${expected}`,
  );
  return ` Se há um só dígito errado: ${each.join(', ou ')}.`;
}
