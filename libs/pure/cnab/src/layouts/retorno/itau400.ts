import { layout } from '../../layout.ts';

/** Itaú, cobrança 400, July 2021. */
export const itau400 = layout({
  '0': `
    1-1 N Tipo de registro
    2-2 N Código de retorno
    3-9 A Literal de retorno
    10-11 N Código do serviço
    12-26 A Literal de serviço
    27-30 N Agência
    31-32 N Zeros
    33-37 N Conta
    38-38 N DAC
    39-46 A Brancos
    47-76 A Nome da empresa
    77-79 N Código do banco
    80-94 A Nome do banco
    95-100 D Data de geração
    101-105 N Densidade
    106-108 A Unidade de densid
    109-113 N Nº seq. arquivo ret
    114-119 D Data de crédito
    120-394 A Brancos
    395-400 N Número sequencial do registro`,
  '1': `
    1-1 N Tipo de registro
    2-3 N Código de inscrição
    4-17 N Número de inscrição
    18-21 N Agência
    22-23 N Zeros
    24-28 N Conta
    29-29 N DAC
    30-37 A Brancos
    38-62 A Uso da empresa
    63-70 N Nosso número
    71-82 A Brancos
    83-85 N Carteira
    86-93 N Nosso número
    94-94 N DAC nosso número
    95-107 A Brancos
    108-108 A Carteira
    109-110 N Cód. de ocorrência
    111-116 D Data de ocorrência
    117-126 A Nº do documento
    127-134 N Nosso número
    135-146 A Brancos
    147-152 D Vencimento
    153-165 V Valor do título
    166-168 N Código do banco
    169-172 N Agência cobradora
    173-173 N DAC ag. cobradora
    174-175 N Espécie
    176-188 V Tarifa de cobrança
    189-214 A Brancos
    215-227 V Valor do IOF
    228-240 V Valor abatimento
    241-253 V Descontos
    254-266 V Valor principal
    267-279 V Juros de mora/multa
    280-292 V Outros créditos
    293-293 A Boleto DDA
    294-295 A Brancos
    296-301 D Data crédito
    302-305 N Instr.cancelada
    306-311 A Brancos
    312-324 N Zeros
    325-354 A Nome do pagador
    355-377 A Brancos
    378-385 A Erros
    386-392 A Brancos
    393-394 A Cód. de liquidação
    395-400 N Número sequencial do registro`,
  '3': `
    1-1 N Tipo de registro
    2-391 A EMV QR Code
    392-394 A Código de erro Pix
    395-400 N Número sequencial do registro`,
  '9': `
    1-1 N Tipo de registro
    2-2 N Código de retorno
    3-4 N Código de serviço
    5-7 N Código do banco
    8-17 A Brancos
    18-25 N Qtde. de títulos
    26-39 V Valor total
    40-47 A Aviso bancário
    48-57 A Brancos
    58-65 N Qtde. de títulos
    66-79 V Valor total
    80-87 A Aviso bancário
    88-177 A Brancos
    178-185 N Qtde. de títulos
    186-199 V Valor total
    200-207 A Aviso bancário
    208-212 N Controle do arquivo
    213-220 N Qtde de detalhes
    221-234 N Vlr total informado
    235-394 A Brancos
    395-400 N Número sequencial do registro`,
});
