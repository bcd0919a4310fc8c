import { motiveTable } from './motive-table.ts';

/** The motives of bank 033, 240 columns, as its manual names them. */
export const santander240Motives = motiveTable({
  refusal: `
    01 Código do banco invalido
    02 Código do registro detalhe inválido
    03 Código do segmento invalido
    04 Código do movimento não permitido para carteira
    05 Código de movimento invalido
    06 Tipo/numero de inscrição do Beneficiário inválidos
    07 Agencia/conta/DV invalido
    08 Nosso numero invalido
    09 Nosso numero duplicado
    10 Carteira invalida
    11 Forma de cadastramento do titulo invalida
    12 Tipo de documento invalido
    13 Identificação da emissão do Boleto invalida
    14 Identificação da distribuição do Boleto invalida
    15 Características da cobrança incompatíveis
    16 Data de vencimento invalida
    17 Data de vencimento anterior a data de emissão
    18 Vencimento fora do prazo de operação
    19 Titulo a cargo de bancos correspondentes com vencimento inferior a xx…
    20 Valor do título invalido
    21 Espécie do titulo invalida
    22 Espécie não permitida para a carteira
    23 Aceite invalido
    24 Data de emissão inválida
    25 Data de emissão posterior a data de entrada
    26 Código de juros de mora inválido
    27 Valor/Taxa de juros de mora inválido
    28 Código de desconto inválido
    29 Valor do desconto maior ou igual ao valor do título
    30 Desconto a conceder não confere
    31 Concessão de desconto - já existe desconto anterior
    32 Valor do IOF
    33 Valor do abatimento inválido
    34 Valor do abatimento maior ou igual ao valor do título
    35 Abatimento a conceder não confere
    36 Concessão de abatimento - já existe abatimento anterior
    37 Código para protesto inválido
    38 Prazo para protesto inválido
    39 Pedido de protesto não permitido para o título
    40 Título com ordem de protesto emitida
    41 Pedido de cancelamento/sustação para títulos sem instrução de protesto
    42 Código para baixa/devolução inválido
    43 Prazo para baixa/devolução inválido
    44 Código de moeda inválido
    45 Nome do Pagador não informado
    46 Tipo /Número de inscrição do Pagador inválidos
    47 Endereço do Pagador não informado
    48 CEP inválido
    49 CEP sem praça de cobrança (não localizado)
    50 CEP referente a um Banco Correspondente
    51 CEP incompatível com a unidade de federação
    52 Unidade de federação inválida
    53 Tipo/Número de inscrição do sacador/avalista inválidos
    54 Sacador/Avalista não informado
    55 Nosso número no Banco Correspondente não informado
    56 Código do Banco Correspondente não informado
    57 Código da multa inválido
    58 Data da multa inválida
    59 Valor/Percentual da multa inválido
    60 Movimento para título não cadastrado
    61 Alteração de agência cobradora/dv inválida
    62 Tipo de impressão inválido
    63 Entrada para título já cadastrado
    64 Número da linha inválido
    90 Identificador/Quantidade de Parcelas de carnê invalido`,
});
