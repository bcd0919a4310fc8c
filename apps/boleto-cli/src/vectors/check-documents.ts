import { z } from 'zod';
import { explainDocument, parseCnpj, parseCpf } from '#tax-ids';
import { failed, PASSED, type CaseResult } from './report.ts';

const documents = z.array(z.looseObject({ value: z.string(), valid: z.boolean(), why: z.string().optional() }));

/** CPFs and CNPJs, each with a flag that says whether it is valid. */
export const documentsFile = z.looseObject({ cpf: documents.default([]), cnpj: documents.default([]) });

export function checkDocuments({ cpf, cnpj }: z.output<typeof documentsFile>): readonly CaseResult[] {
  return [...check('CPF', cpf, parseCpf), ...check('CNPJ', cnpj, parseCnpj)];
}

function check(
  kind: string,
  cases: z.output<typeof documents>,
  parse: (text: string) => string | undefined,
): readonly CaseResult[] {
  return cases.map(({ value, valid, why }) => {
    if ((parse(value) !== undefined) === valid) return PASSED;
    const outcome = valid ? `is refused (${explainDocument(value) ?? `is no ${kind}`})` : 'is accepted';
    return failed(`${kind} ${JSON.stringify(value)}`, why === undefined ? outcome : `${outcome}: ${why}`);
  });
}
