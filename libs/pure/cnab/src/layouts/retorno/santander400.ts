import { layout } from '../../layout.ts';

/** Santander, H7800, standard 353, April 2018. */
export const santander400 = layout({
  '0': `
    1-1 N Tipo de registro
    2-2 N Código da remessa = 2
    3-9 A Literal de transmissão = RETORNO
    10-11 N Código do serviço = 01
    12-26 A Literal de serviço = COBRANCA
    27-30 N Código da agência Beneficiário
    31-38 N Conta movimento Beneficiário
    39-46 N Conta cobrança Beneficiário
    47-76 A Nome do Beneficiário
    77-79 N Código do Banco = 353
    80-94 A Nome do Banco = SANTANDER
    95-100 D Data do movimento
    101-108 N Densidade de gravação 1600BPI
    109-385 A Brancos
    386-389 A Sigla da empresa no sistema
    390-391 A Brancos
    392-394 N Número da versão
    395-400 N Número sequencial do registro`,
  '1': `
    1-1 N Tipo de registro
    2-3 N Tipo de inscrição do Beneficiário
    4-17 N CNPJ ou CPF do Beneficiário
    18-21 N Código da agência Beneficiário
    22-29 N Conta movimento Beneficiário
    30-37 N Conta cobrança Beneficiário
    38-62 A Número de controle do participante (controle cliente)
    63-70 N Nosso número
    71-107 A Brancos
    108-108 N Código da carteira
    109-110 N Código de ocorrência
    111-116 D Data da ocorrência
    117-126 A Seu número
    127-134 N Nosso número
    135-136 N Código Original da Remessa
    137-139 A Código do Erro (1ª ocorrência), será preenchido com
    140-142 A Código do Erro (2ª ocorrência), será preenchido com
    143-145 A Código do Erro (3ª ocorrência), será preenchido com
    146-146 A Brancos
    147-152 D Data de vencimento do título
    153-165 V Valor do título em moeda corrente
    166-168 N Número do Banco cobrador
    169-173 N Código da agência recebedora do título
    174-175 N Espécie de documento
    176-188 V Valor da tarifa cobrada
    189-201 V Valor de outras despesas
    202-214 V Valor dos juros de atraso
    215-227 V Valor do IOF devido
    228-240 V Valor do abatimento concedido
    241-253 V Valor do desconto concedido
    254-266 V Valor total recebido
    267-279 V Valor dos juros de mora
    280-292 V Valor de outros créditos
    293-293 A Brancos
    294-294 A Código de aceite = N
    295-295 A Brancos
    296-301 D Data do crédito
    302-337 A Nome do Pagador
    338-338 A Identificador do Complemento
    339-340 N Unidade de valor moeda corrente = 00
    341-353 V Valor do título em outra unidade de valor
    354-366 V Valor do IOF em outra unidade de valor
    367-379 V Valor do débito ou crédito
    380-380 A Débito (D) ou crédito (C)
    381-383 N Brancos
    384-385 N Complemento
    386-389 A Sigla da empresa no sistema
    390-391 A Brancos
    392-394 N Número da versão
    395-400 N Número sequencial do registro`,
  '2': `
    1-1 N Tipo de registro
    2-2 A Tipo de chave (read from the fixture; laravel-boleto does
    3-79 A Chave
    80-114 A Txid
    115-394 A Brancos
    395-400 N Número sequencial do registro`,
  '9': `
    1-1 N Tipo de registro
    2-2 N Código da remessa = 2
    3-4 N Código do serviço = 01
    5-7 N Código do Banco = 353
    8-17 A Brancos
    18-25 N Quantidade de registros em cobrança simples referente
    26-39 V Valor dos títulos em cobrança simples referente ao
    40-47 N Número do aviso da cobrança simples
    48-57 A Brancos
    58-87 N Zeros
    88-97 A Brancos
    98-105 N Quantidade de registros em cobrança caucionada
    106-119 V Valor dos títulos em cobrança caucionada referente ao
    120-127 N Número do aviso da cobrança caucionada
    128-137 A Brancos
    138-145 N Quantidade de registros em cobrança descontada
    146-159 V Valor dos títulos em cobrança descontada referente ao
    160-167 N Número do aviso da cobrança descontada
    168-391 A Brancos
    392-394 N Número da versão
    395-400 N Número sequencial do registro`,
});
