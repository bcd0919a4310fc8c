import { layout } from '../../layout.ts';

/** Santander, H7800, standard 353, April 2018. */
export const santander400 = layout({
  '0': `
    1-1 N Tipo de registro
    2-2 N Código da remessa = 1
    3-9 A Literal de transmissão = REMESSA
    10-11 N Código do serviço = 01
    12-26 A Literal de serviço = COBRANÇA
    27-46 N Código de Transmissão
    47-76 A Nome do Beneficiário
    77-79 N Código do Banco = 353/033
    80-94 A Nome do Banco = SANTANDER
    95-100 D Data de Gravação
    101-116 N Zeros
    117-163 A Mensagem 1
    164-210 A Mensagem 2
    211-257 A Mensagem 3
    258-304 A Mensagem 4
    305-351 A Mensagem 5
    352-385 A Brancos
    386-391 A Brancos
    392-394 N Número da versão da remessa opcional, se informada
    395-400 N Número sequencial do registro`,
  '1': `
    1-1 N Tipo de registro
    2-3 N Tipo de inscrição do Beneficiário
    4-17 N CNPJ ou CPF do Beneficiário
    18-21 N Código da agência Beneficiário
    22-29 N Conta movimento Beneficiário
    30-37 N Conta cobrança Beneficiário
    38-62 A Número de controle do participante, para controle por
    63-70 N Nosso número
    71-76 D Data do segundo desconto
    77-77 A Brancos
    78-78 N Informação de multa = 4, senão houver informar zero
    79-82 A Percentual multa por atraso %
    83-84 N Unidade de valor moeda corrente = 00
    85-97 V Valor do título em outra unidade (consultar banco)
    98-101 A Brancos
    102-107 D Data para cobrança de multa
    108-108 N Código da carteira
    109-110 N Código da ocorrência
    111-120 A Seu número
    121-126 D Data de vencimento do título - DDMMAA
    127-139 V Valor do título - moeda corrente
    140-142 N Número do Banco cobrador = 353
    143-147 N Código da agência cobradora do Banco Santander
    148-149 N Espécie de documento
    150-150 A Tipo de aceite = N
    151-156 D Data da emissão do título
    157-158 N Primeira instrução cobrança
    159-160 N Segunda instrução cobrança
    161-173 V Valor de mora a ser cobrado por dia de atraso
    174-179 D Data limite para concessão de desconto
    180-192 V Valor de desconto a ser concedido
    193-205 V Valor do IOF a ser recolhido pelo Banco para nota de
    206-218 V Valor do abatimento a ser concedido ou valor do
    219-220 N Tipo de inscrição do pagador
    221-234 N CNPJ ou CPF do pagador (informação obrigatória)
    235-274 A Nome do pagador
    275-314 A Endereço do pagador
    315-326 A Bairro do pagador
    327-331 N CEP do pagador
    332-334 N Complemento do CEP
    335-349 A X015)
    350-351 A UF estado do pagador
    352-381 A Brancos
    382-382 A Brancos
    383-383 N Identificador do Complemento
    384-385 N Complemento
    386-391 A Brancos
    392-393 N Número de dias para protesto
    394-394 A Brancos
    395-400 N Número sequencial do registro`,
  '2': `
    1-1 N Tipo de registro
    2-17 A Uso do Banco
    18-21 N Código da Agência Beneficiário
    22-29 N Conta Movimento Beneficiário
    30-37 N Conta Cobrança Beneficiário
    38-47 A Uso do Banco
    48-49 N Sub-sequência do registro = 01
    50-99 A Mensagem variável por título
    100-101 N Sub-sequência do registro = 02
    102-151 A Mensagem variável por título
    152-153 N Sub-sequência do registro = 02
    154-203 A Mensagem variável por título
    204-382 A Uso do Banco
    383-383 A Identificador do Complemento
    384-385 N Complemento
    386-394 A Brancos
    395-400 N Número sequencial do registro`,
  '8': `
    1-1 N Tipo de registro
    2-3 N Tipo de pagamento
    4-5 N Quantidade de pagamentos possíveis
    6-6 N Tipo do valor informado
    7-19 V Valor máximo
    20-24 N Percentual máximo
    25-37 V Valor mínimo
    38-42 N Percentual mínimo
    43-43 A Tipo de chave DICT
    44-120 A Chave DICT
    121-155 A Código de identificação do QR Code (txid)
    156-394 A Reservado
    395-400 N Número sequencial do registro`,
  '9': `
    1-1 N Tipo de registro
    2-7 N Quantidade de documentos no arquivo
    8-20 V Valor total dos títulos (informação obrigatória)
    21-394 N Zeros
    395-400 N Número sequencial do registro`,
});
