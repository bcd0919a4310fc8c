import { layout } from '../../layout.ts';

/** Bradesco, layout de cobrança, 2015 (remessa) and 2016 (retorno). */
export const bradesco400 = layout({
  '0': `
    1-1 N Tipo de registro
    2-2 A Identificação do Arquivo Retorno
    3-9 A Literal Retorno
    10-11 N Código do Serviço
    12-26 A Literal Serviço
    27-46 N Código da Empresa
    47-76 A Nome da Empresa por Extenso
    77-79 A Nº do Bradesco na Câmara
    80-94 A Nome do Banco por Extenso
    95-100 D Data da Gravação do Arquivo
    101-108 A Densidade de Gravação
    109-113 A Nº Aviso Bancário
    114-379 A Brancos
    380-385 D Data do Crédito
    386-394 A Brancos
    395-400 N Número sequencial do registro`,
  '1': `
    1-1 N Tipo de registro
    2-3 N Tipo de inscrição empresa
    4-17 A Nº inscrição da empresa
    18-20 N Zeros
    21-37 N Zero, carteira 3, agência 5, conta 7, DV 1
    38-62 A Nº Controle do Participante
    63-70 N Zeros
    71-82 A Identificação do título no banco
    83-92 A Uso do Banco
    93-104 A Uso do Banco
    105-105 A Indicador de Rateio Crédito
    106-107 A Pagamento parcial
    108-108 N Carteira
    109-110 A Identificação de ocorrência
    111-116 D Data ocorrência no banco
    117-126 A Número do Documento
    127-146 A Identificação do título no banco
    147-152 D Data Vencimento do Título
    153-165 V Valor do Título
    166-168 A Banco cobrador
    169-173 N Agência cobradora
    174-175 A Espécie do Título
    176-188 V Despesas de cobrança (tarifa)
    189-201 V Outras despesas (custas de protesto)
    202-214 V Juros Operação em Atraso
    215-227 V IOF Devido
    228-240 V Abatimento Concedido sobre o
    241-253 V Desconto Concedido
    254-266 V Valor pago
    267-279 V Juros de Mora
    280-292 V Outros Créditos
    293-294 A Brancos
    295-295 A Confirmação de instrução (A aceita, D desprezada)
    296-301 D Data do crédito
    302-304 A Origem do pagamento
    305-314 A Brancos
    315-318 A Uso do banco
    319-328 A Motivos da ocorrência
    329-368 A Brancos
    369-370 N Número do Cartório
    371-380 N Número do Protocolo
    381-394 A Brancos
    395-400 N Número sequencial do registro`,
  '4': `
    1-1 N Tipo de registro
    2-28 A (not read by the one source; BoletoNetCore)
    29-105 A Location do QR Code
    106-140 A Txid
    141-394 A Não descrito no manual
    395-400 N Número sequencial do registro`,
  '9': `
    1-1 N Tipo de registro
    2-2 A Identificação do Retorno
    3-4 N Identificação Tipo de Registro
    5-7 N Código do Banco
    8-17 A Brancos
    18-25 N Quantidade de Títulos em
    26-39 V Valor Total em Cobrança
    40-47 A Nº do Aviso Bancário
    48-57 A Brancos
    58-62 N Quantidade de registros da ocorrência 02
    63-74 V Valor dos registros da ocorrência 02
    75-86 V Valor dos registros da ocorrência 06
    87-91 N Quantidade de registros da ocorrência 06
    92-103 V Valor dos registros da ocorrência 06
    104-108 N Quantidade de registros das ocorrências 09 e 10
    109-120 V Valor dos registros das ocorrências 09 e 10
    121-125 N Quantidade de registros da ocorrência 13
    126-137 V Valor dos registros da ocorrência 13
    138-142 N Quantidade de registros da ocorrência 14
    143-154 V Valor dos registros da ocorrência 14
    155-159 N Quantidade de registros da ocorrência 12
    160-171 V Valor dos registros da ocorrência 12
    172-176 N Quantidade de registros da ocorrência 19
    177-188 V Valor dos registros da ocorrência 19
    189-362 A Brancos
    363-377 V Valor Total dos Rateios
    378-385 N Quantidade Total dos Rateios
    386-394 A Brancos
    395-400 N Número sequencial do registro`,
});
