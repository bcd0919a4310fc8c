import { motiveTable } from './motive-table.ts';

/** The motives of bank 104, 400 columns, as its manual names them. */
export const caixa400Motives = motiveTable({
  refusal: `
    01 Movimento sem Cedente Correspondente
    02 Movimento sem Título Correspondente
    08 Movimento para Título já com Movimentação no dia
    09 Nosso Número não Pertence ao Cedente
    10 Inclusão de Título já Existente
    12 Movimento Duplicado
    13 Entrada Inválida para Cobrança Caucionada (Cedente não possui conta…
    20 CEP do Sacado não Encontrado (Não foi possível a Determinação da…
    21 Agência Cobradora não Encontrada (Agência Designada para Cobradora não…
    22 Agência Cedente não Encontrada (Agência do Cedente não Cadastrada no…
    45 Data de Vencimento com prazo mais de 1 ano
    49 Movimento Inválido para Título Baixado/Liquidado
    50 Movimento Inválido para Título enviado ao Cartório
    54 Faixa de CEP da Agência Cobradora não Abrange CEP do Sacado
    55 Título já com Opção de Devolução
    56 Processo de Protesto em Andamento
    57 Título já com Opção de Protesto
    58 Processo de Devolução em Andamento
    59 Novo Prazo p/ Protesto/Devolução Inválido
    76 Alteração de Prazo de Protesto Inválida
    77 Alteração de Prazo de Devolução Inválida
    81 CEP do Sacado Inválido
    82 CGC/CPF do Sacado Inválido (Dígito não Confere)
    83 Número do Documento (Seu Número) inválido
    84 Protesto inválido para título sem Número do Documento (Seu Número)`,
});
