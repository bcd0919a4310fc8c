import { layout } from '../../layout.ts';

/** Santander, H7815. */
export const santander240 = layout({
  '0': `
    1-3 N Código do banco
    4-7 N Lote de serviço
    8-8 N Tipo de registro
    9-16 A Reservado (uso Banco)
    17-17 N Tipo de inscrição da empresa
    18-32 A Nº de inscrição da empresa
    33-47 N Código de Transmissão
    48-72 A Reservado (uso Banco)
    73-102 A Nome da empresa
    103-132 A Nome do banco
    133-142 A Uso exclusivo FEBRABAN/CNAB
    143-143 N Código remessa/retorno
    144-151 D Data de geração
    152-157 A Hora de geração
    158-163 N Número sequencial do arquivo (NSA)
    164-166 A Versão do layout do arquivo
    167-240 A Reservado (uso Banco)`,
  '1': `
    1-3 N Código do banco
    4-7 N Lote de serviço
    8-8 N Tipo de registro
    9-9 N Tipo de operação
    10-11 N Tipo de serviço
    12-13 A Uso exclusivo FEBRABAN/CNAB
    14-16 N Versão do layout do lote
    17-17 A Uso exclusivo FEBRABAN/CNAB
    18-18 N Tipo de inscrição da empresa
    19-33 A Inscrição da empresa
    34-53 A Convênio
    54-68 N Código de Transmissão
    69-73 A Reservado uso Banco
    74-103 A Nome da empresa
    104-143 A Mensagem 1
    144-183 A Mensagem 2
    184-191 N Número da remessa/retorno
    192-199 D Data de gravação
    200-240 A Reservado (uso Banco)`,
  '5': `
    1-3 N Código do banco
    4-7 N Lote de serviço
    8-8 N Tipo de registro
    9-17 A Uso exclusivo FEBRABAN/CNAB
    18-23 N Quantidade de registros do lote
    24-240 A Reservado (uso Banco)`,
  '9': `
    1-3 N Código do banco
    4-7 N Lote de serviço
    8-8 N Tipo de registro
    9-17 A Uso exclusivo FEBRABAN/CNAB
    18-23 N Quantidade de lotes do arquivo
    24-29 N Quantidade de registros do arquivo
    30-240 A Reservado (uso Banco)`,
  P: `
    1-3 N Código do banco
    4-7 N Lote de serviço
    8-8 N Tipo de registro
    9-13 N Número sequencial do registro no lote
    14-14 A Segmento
    15-15 A Uso exclusivo FEBRABAN/CNAB
    16-17 N Código de movimento remessa
    18-21 N Agência do Destinatária
    22-22 A Dígito da Ag do Destinatária
    23-31 N Número da conta corrente
    32-32 N Dígito verificador da conta
    33-41 N Conta cobrança Destinatária FIDC
    42-42 A Não descrito no manual
    43-44 A Reservado (uso Banco)
    45-57 A Identificação do título no Banco
    58-58 N Carteira
    59-59 A Forma de cadastramento
    60-60 A Tipo de documento
    61-61 A Emissão do boleto
    62-62 A Distribuição do boleto
    63-77 A Número do documento
    78-85 D Data de vencimento
    86-100 V Valor nominal do título
    101-104 A Não descrito no manual
    105-105 A Não descrito no manual
    106-106 N DV da agência cobradora
    107-108 A Espécie do título
    109-109 A Aceite
    110-117 D Data de emissão
    118-118 N Código dos juros de mora
    119-126 D Data dos juros de mora
    127-141 V Juros de mora por dia ou taxa
    142-142 N Código do desconto 1
    143-150 D Data do desconto 1
    151-165 A Valor ou percentual do desconto 1
    166-180 V Valor do IOF
    181-195 V Valor do abatimento
    196-220 A Uso da empresa
    221-221 N Código de protesto
    222-223 A Dias para protesto
    224-224 N Código de baixa/devolução
    225-225 A Reservado (uso Banco)
    226-227 A Não descrito no manual
    228-229 N Código da moeda
    230-240 A Reservado (uso Banco)`,
  Q: `
    1-3 N Código do banco
    4-7 N Lote de serviço
    8-8 N Tipo de registro
    9-13 N Número sequencial do registro no lote
    14-14 A Segmento
    15-15 A Uso exclusivo FEBRABAN/CNAB
    16-17 N Código de movimento remessa
    18-18 N Tipo de inscrição do pagador
    19-33 A Inscrição do pagador
    34-73 A Nome do pagador
    74-113 A Endereço do pagador
    114-128 A Bairro do pagador
    129-133 A CEP do pagador
    134-136 A Sufixo do CEP do pagador
    137-151 A Cidade do pagador
    152-153 A UF do pagador
    154-154 N Tipo de inscrição do sacador/avalista
    155-169 A Inscrição do sacador/avalista
    170-209 A Nome do sacador/avalista
    210-212 A Banco correspondente
    213-215 A Não descrito no manual
    216-218 N Quantidade total de parcelas
    219-221 N Número do plano
    222-240 A Reservado (uso Banco)`,
  R: `
    1-3 N Código do banco
    4-7 N Lote de serviço
    8-8 N Tipo de registro
    9-13 N Número sequencial do registro no lote
    14-14 A Segmento
    15-15 A Uso exclusivo FEBRABAN/CNAB
    16-17 N Código de movimento remessa
    18-18 N Código do desconto 2
    19-26 D Data do desconto 2
    27-41 A Valor ou percentual do desconto 2
    42-65 A Reservado (uso Banco)
    66-66 N Código da multa
    67-74 D Data da multa
    75-89 A Valor ou percentual da multa
    90-99 A Informação ao pagador
    100-139 A Mensagem 3
    140-179 A Mensagem 4
    180-240 A Reservado`,
  S: `
    1-3 N Código do banco
    4-7 N Lote de serviço
    8-8 N Tipo de registro
    9-13 N Número sequencial do registro no lote
    14-14 A Segmento
    15-15 A Uso exclusivo FEBRABAN/CNAB
    16-17 N Código de movimento
    18-18 A Identificação da impressão
    19-20 N Número da linha a ser impressa
    21-58 A Mensagem 5
    59-121 A Mensagem a ser impressa
    122-138 A Mensagem 7
    139-240 A Reservado (uso Banco)`,
  Y53: `
    1-3 N Código do banco
    4-7 N Lote de serviço
    8-8 N Tipo de registro
    9-13 N Número sequencial do registro no lote
    14-14 A Segmento
    15-15 A Uso exclusivo FEBRABAN/CNAB
    16-17 N Código de movimento Remessa
    18-19 A Identificação Registro
    20-21 N Identificação de tipo de Pagamento
    22-23 N Quantidade de Pagamentos
    24-24 N Tipo de valor Informado
    25-39 V Valor Máximo
    40-40 N Tipo de valor Informado
    41-55 V Valor Mínimo
    56-240 A Reservado (uso Banco)`,
});
