import { motiveTable } from './motive-table.ts';

/** The motives of bank 041, 400 columns, as its manual names them. */
export const banrisul400Motives = motiveTable({
  refusal: `
    01 Código do Banco inválido
    02 Agência/Conta/Número de controle – Inválido Cobrança Partilhada
    04 Código do movimento não permitido para a carteira
    05 Código do movimento inválido
    07 Título rejeitado na cobrança CEP irregular
    08 Nosso Número inválido
    09 Nosso Número duplicado
    10 Carteira inválida
    15 Características da cobrança incompatíveis – se a carteira e a moeda…
    16 Data de vencimento inválida
    17 Data de vencimento anterior à data de emissão
    18 Vencimento fora do prazo de operação
    20 Valor do título inválido (não numérico)
    21 Espécie do título inválida (arquivo de registro)
    23 Aceite inválido – verifica conteúdo válido
    24 Data de emissão inválida – verifica se a data é numérica e se está no…
    25 Data de emissão posterior à data de processamento
    26 Código de juros de mora inválido
    27 Valor/taxa de juros de mora inválido
    28 Código do desconto inválido
    29 Valor do desconto maior ou igual ao valor do título
    30 Desconto a conceder não confere:
    32 Valor de IOF inválido:
    33 Valor do abatimento inválido – para registro de título verifica se o…
    34 Valor do abatimento maior ou igual ao valor do título
    37 Código para protesto inválido – rejeita o título se o campo for…
    38 Prazo para protesto inválido – se o código for 1 verifica se o campo é…
    39 Pedido de protesto não permitido para o título – não permite protesto…
    40 Título com ordem de protesto emitida (para retorno de alteração)
    41 Pedido de cancelamento/sustação de protesto inválido
    42 Código para baixa/devolução ou instrução inválido – verifica se o…
    43 Prazo para baixa/devolução inválido – se o código é 1 verifica se o…
    44 Código da moeda inválido
    45 Nome do Pagador inválido ou alteração do Pagador não permitida
    46 Tipo/número de inscrição do Pagador inválido
    47 Endereço não informado ou alteração de endereço não permitida
    48 CEP inválido ou alteração de CEP não permitida
    49 CEP sem praça de cobrança ou alteração de cidade não permitida
    50 CEP referente a um Banco Correspondente
    52 Unidade de Federação inválida ou alteração de UF não permitida
    53 Tipo/Número de inscrição do Sacador/Avalista inválido
    54 Sacador/Avalista não informado – para espécie AD o nome do Sacador é…
    57 Código da multa inválido
    58 Data da multa inválida
    59 Valor/percentual da multa inválido
    60 Movimento para título não cadastrado – alteração ou devolução
    62 Tipo de impressão inválido – Segmento 3S
    63 Entrada para título já cadastrado
    79 Data de juros de mora inválido – valida data ou prazo na instrução de…
    80 Data do desconto inválida – valida data ou prazo da instrução de…
    81 CEP inválido do Sacador
    83 Tipo/Número de inscrição do Sacador inválido
    84 Sacador não informado
    86 Seu número inválido (para retorno de alteração)`,
  settlement: `
    37 Cancelamento de rateio por motivo de baixa comandada
    38 Rateio efetuado, Beneficiário aguardando crédito
    39 Rateio efetuado, Beneficiário já creditado
    40 Rateio não efetuado, conta débito Beneficiário principal bloqueada
    41 Rateio não efetuado, conta Beneficiário encerrada
    42 Rateio não efetuado, código cálculo 2 (valor registro) e valor pago…
    43 Ocorrência não possui rateio`,
});
