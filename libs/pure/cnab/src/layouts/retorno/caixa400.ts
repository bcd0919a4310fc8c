import { layout } from '../../layout.ts';

/** Caixa, cobrança 400: no manual held, columns of code and of the April 2020 edition. */
export const caixa400 = layout({
  '0': `
    1-1 N Tipo de registro
    2-2 N Código do arquivo retorno
    3-9 A Literal de retorno
    10-11 N Código do serviço
    12-26 A Literal de serviço
    27-30 N Agência
    31-36 N Código do beneficiário
    37-46 A Não descrito no manual
    47-76 A Nome da empresa
    77-79 N Código do banco
    80-94 A Nome do banco
    95-100 D Data de geração
    101-389 A Não descrito no manual
    390-394 N Número sequencial do arquivo
    395-400 N Número sequencial do registro`,
  '1': `
    1-1 N Tipo de registro
    2-3 N Tipo de inscrição da empresa
    4-17 N Inscrição da empresa
    18-31 A Não descrito no manual
    32-56 A Uso da empresa
    57-58 N Modalidade do nosso número
    59-73 N Nosso número
    74-79 A Não descrito no manual
    80-82 N Motivo da ocorrência
    83-106 A Não descrito no manual
    107-108 N Carteira
    109-110 N Código de ocorrência
    111-116 D Data da ocorrência
    117-126 A Seu número
    127-146 A Não descrito no manual
    147-152 D Data de vencimento
    153-165 V Valor do título
    166-168 N Banco cobrador
    169-173 N Agência cobradora
    174-175 N Espécie do título
    176-188 V Valor da tarifa
    189-214 A Não descrito no manual
    215-227 V Valor do IOF
    228-240 V Valor do abatimento
    241-253 V Valor do desconto
    254-266 V Valor pago
    267-279 V Valor dos juros
    280-292 V Valor da multa
    293-293 A Não descrito no manual
    294-299 D Data do crédito
    300-394 A Não descrito no manual
    395-400 N Número sequencial do registro`,
  '9': `
    1-1 N Tipo de registro
    2-2 N Código do arquivo retorno
    3-394 A Não descrito no manual
    395-400 N Número sequencial do registro`,
});
