import { motiveTable } from './motive-table.ts';

/** The motives of bank 748, 240 columns, as its manual names them. */
export const sicredi240Motives = motiveTable({
  refusal: `
    22 Espécie do título não permitida para a carteira
    23 Aceite inválido
    24 Data da emissão inválida
    25 Data da emissão posterior a data de entrada
    26 Código de juros de mora inválido
    27 Valor/taxa de juros de mora inválido
    28 Código do desconto inválido
    29 Valor do desconto maior ou igual ao valor do título
    30 Desconto a conceder não confere
    31 Concessão de desconto - já existe desconto anterior
    33 Valor do abatimento inválido
    34 Valor do abatimento maior ou igual ao valor do título
    35 Valor a conceder não confere
    36 Concessão de abatimento - já existe abatimento anterior
    37 Código para protesto inválido
    38 Prazo para protesto inválido
    39 Pedido de protesto não permitido para o título
    40 Título com ordem de protesto emitida
    41 Pedido de cancelamento/sustação para títulos sem instrução de protesto
    44 Código da moeda inválido
    45 Nome do pagador não informado
    46 Tipo/número de inscrição do pagador inválidos
    47 Endereço do pagador não informado
    48 CEP inválido
    53 Tipo/número de inscrição do pagador/avalista inválido
    54 Pagador/avalista não informado
    55 Nosso número no banco correspondente não informado
    56 Código do banco correspondente não informado
    57 Código da multa inválido
    58 Data da multa inválida
    59 Valor/percentual da multa inválido
    60 Movimento para título não cadastrado
    61 Alteração da cooperativa crédito/agência cobradora/DV inválida
    62 Tipo de impressão inválido
    63 Entrada para título já cadastrado
    64 Número da linha inválido
    79 Data juros de mora inválida
    80 Data do desconto inválida
    84 Número autorização inexistente
    85 Título com pagamento vinculado
    86 Seu número inválido
    A4 Pagador DDA`,
});
