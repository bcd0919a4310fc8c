import { layout } from '../../layout.ts';

/** Safra, cobrança, 2016. */
export const safra400 = layout({
  '0': `
    1-1 N Tipo de registro
    2-2 N Cod. Arquivo
    3-9 A Ident. Arquivo
    10-11 N Cod. Serviço
    12-19 A Ident. Serviço
    20-26 A Brancos
    27-40 N Cod. Empresa
    41-46 A Brancos
    47-76 A Nome Empresa
    77-79 N Cod. Banco
    80-84 A Nome Banco
    85-94 A Brancos
    95-100 N Dt. Gravação
    101-391 A Brancos
    392-394 N Num. Arquivo
    395-400 N Número sequencial do registro`,
  '1': `
    1-1 N Tipo de registro
    2-3 N Cod. Inscrição
    4-17 N Num. Inscrição
    18-31 N Cod. Empresa
    32-37 A Brancos
    38-62 A Uso Empresa
    63-71 N Nosso Número
    72-102 A Brancos
    103-104 N Ocorr. Origem
    105-107 N Cod. Rejeição
    108-108 N Cod. Carteira
    109-110 N Cod. Ocorrência
    111-116 N Dt. Ocorrência
    117-126 A Seu Número
    127-135 N Nosso Número
    136-146 A Brancos
    147-152 D Vencimento
    153-165 V Valor Título
    166-168 N Bco. Cobrador
    169-173 N Ag. Cobradora
    174-175 N Espécie
    176-188 N Tar. Cobrança
    189-201 V Out. Despesas
    202-214 N Zeros
    215-227 V IOF De Operações De Seguro
    228-240 V Abatimento
    241-253 V Vr Desconto
    254-266 V Valor Pago
    267-279 V Juros De Mora
    280-292 V Out. Créditos
    293-295 N Cod. Moeda
    296-301 D Data Crédito
    302-307 A Brancos
    308-321 N Ced. Transf
    322-322 A Indicador Entrada Indica a Entrada de Título DDA
    323-324 A Meio de Liquidação Meio de Liquidação
    325-376 A Brancos
    377-391 N Seu Número
    392-394 N Num. Arquivo
    395-400 N Número sequencial do registro`,
  '9': `
    1-1 N Tipo de registro
    2-2 A Cod. Arquivo
    3-4 A Cod. Serviço
    5-7 N Cod. Banco
    8-17 A Brancos
    18-25 N Quantidade
    26-39 V Valor
    40-47 N Aviso
    48-97 A Brancos
    98-105 N Quantidade
    106-119 V Valor
    120-127 N Aviso
    128-391 A Brancos
    392-394 N Núm. Arquivo
    395-400 N Número sequencial do registro`,
});
