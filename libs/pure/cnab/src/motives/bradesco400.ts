import { motiveTable } from './motive-table.ts';

/** The motives of bank 237, 400 columns, as its manual names them. */
export const bradesco400Motives = motiveTable({
  refusal: `
    02 Código do registro detalhe inválido
    03 Código da ocorrência inválida
    04 Código de ocorrência não permitida para a carteira
    05 Código de ocorrência não numérico
    07 Agência/conta/Digito - |Inválido
    08 Nosso número inválido
    09 Nosso número duplicado
    10 Carteira inválida
    13 Identificação da emissão do bloqueto inválida
    16 Data de vencimento inválida
    18 Vencimento fora do prazo de operação
    20 Valor do Título inválido
    21 Espécie do Título inválida
    22 Espécie não permitida para a carteira
    24 Data de emissão inválida
    28 Código do desconto inválido
    38 Prazo para protesto/ Negativação inválido (ALTERADO)
    44 Agência Beneficiário não prevista
    45 Nome do pagador não informado
    46 Tipo/número de inscrição do pagador inválidos
    47 Endereço do pagador não informado
    48 CEP Inválido
    50 CEP irregular - Banco Correspondente
    63 Entrada para Título já cadastrado
    65 Limite excedido
    66 Número autorização inexistente
    68 Débito não agendado - erro nos dados de remessa
    69 Débito não agendado - Pagador não consta no cadastro de autorizante
    70 Débito não agendado - Beneficiário não autorizado pelo Pagador
    71 Débito não agendado - Beneficiário não participa do débito Automático
    72 Débito não agendado - Código de moeda diferente de R$
    73 Débito não agendado - Data de vencimento inválida
    74 Débito não agendado - Conforme seu pedido, Título não registrado
    75 Débito não agendado – Tipo de número de inscrição do debitado inválido`,
});
