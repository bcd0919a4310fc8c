import { layout } from '../../layout.ts';

/** Sicredi, manual do beneficiário, August 2019. */
export const sicredi400 = layout({
  '0': `
    1-1 N Tipo de registro
    2-2 A Identificação do arquivo retorno
    3-9 A Literal retorno
    10-11 N Código do serviço de cobrança
    12-26 A Literal cobrança
    27-31 N Código do beneficiário
    32-45 A CPF/CNPJ do beneficiário
    46-76 A Brancos
    77-79 N Número do Sicredi
    80-94 A Literal BANS
    95-102 D Data de gravação do arquivo
    103-110 A Brancos
    111-117 N Número do retorno
    118-389 A Brancos
    390-394 A Versão do sistema
    395-400 N Número sequencial do registro`,
  '1': `
    1-1 N Tipo de registro
    2-13 A Brancos
    14-14 N Tipo de cobrança
    15-19 N Código do beneficiário
    20-24 N Código do pagador
    25-25 A Boleto DDA
    26-47 A Brancos
    48-62 N Nosso número Sicredi sem edição
    63-108 A Brancos
    109-110 A Ocorrência
    111-116 D Data da ocorrência
    117-126 A Seu número
    127-146 A Uso do Sicredi
    147-152 D Data de vencimento
    153-165 V Valor do título
    166-174 A Brancos
    175-175 A Espécie de documento
    176-188 V Despesas de cobrança
    189-201 V Despesas de custas de protesto
    202-227 A Brancos
    228-240 V Abatimento concedido
    241-253 V Desconto concedido
    254-266 V Valor efetivamente pago
    267-279 V Juros de mora
    280-292 V Multa
    293-294 A Brancos
    295-295 A Instrução aceita (A) ou desprezada (D)
    296-318 A Brancos
    319-328 A Motivos da ocorrência
    329-336 D Data do crédito em conta corrente
    337-394 A Brancos
    395-400 N Número sequencial do registro`,
  '9': `
    1-1 N Tipo de registro
    2-2 A Identificação do arquivo retorno
    3-5 N Número do Sicredi
    6-10 N Código do beneficiário
    11-394 A Brancos
    395-400 N Número sequencial do registro`,
});
