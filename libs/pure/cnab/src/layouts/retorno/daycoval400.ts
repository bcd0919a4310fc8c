import { layout } from '../../layout.ts';

/** Daycoval: no public manual, columns of two open projects. */
export const daycoval400 = layout({
  '1': `
    1-1 N Tipo de registro
    2-3 N Tipo de inscrição
    4-17 N Inscrição
    18-37 A Código da empresa
    38-62 A Uso da empresa (ACBr); BoletoNetCore reads 32-37
    63-72 N Nosso número 10 (ACBr 63-72; BoletoNetCore 65-72)
    73-73 N DV do nosso número (BoletoNetCore)
    74-107 A (BoletoNetCore
    108-108 A Carteira
    109-110 N Ocorrência
    111-116 D Data da ocorrência
    117-126 A Nº do documento
    127-146 A Não descrito no manual
    147-152 D Vencimento
    153-165 V Valor do título
    166-173 A Banco e agência cobradora
    174-175 N Espécie
    176-188 V Tarifa
    189-214 A Não descrito no manual
    215-227 N Não descrito no manual
    228-240 V Abatimento
    241-253 V Desconto
    254-266 V Valor pago
    267-279 V Juros de mora
    280-292 V Outros créditos (BoletoNetCore)
    293-377 A (not read; NO credit date known
    378-379 A Motivo (1 x 2)
    380-394 A Não descrito no manual
    395-400 N Número sequencial do registro`,
});
