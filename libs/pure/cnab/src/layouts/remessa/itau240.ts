import { layout } from '../../layout.ts';

/** Itaú, cobrança 240. */
export const itau240 = layout({
  '0': `
    1-3 N Código do banco
    4-7 N Lote de serviço
    8-8 N Tipo de registro
    9-17 A Uso exclusivo FEBRABAN/CNAB
    18-18 N Tipo de inscrição da empresa
    19-32 N Inscrição da empresa
    33-52 A Convênio
    53-53 N Zeros
    54-57 N Agência mantenedora da conta
    58-58 A DV da agência
    59-65 N Zeros
    66-70 N Número da conta corrente da empresa
    71-71 A DV da conta
    72-72 N DV da agência/conta
    73-102 A Nome da empresa
    103-132 A Nome do banco
    133-142 A Uso exclusivo FEBRABAN/CNAB
    143-143 N Código remessa/retorno
    144-151 D Data de geração
    152-157 N Hora de geração
    158-163 N Número sequencial do arquivo (NSA)
    164-166 N Versão do layout do arquivo
    167-171 N Densidade de gravação
    172-225 A Brancos
    226-228 N Zeros
    229-240 A Brancos`,
  '1': `
    1-3 N Código do banco
    4-7 N Lote de serviço
    8-8 N Tipo de registro
    9-9 A Tipo de operação
    10-11 N Tipo de serviço
    12-13 N Uso exclusivo FEBRABAN/CNAB
    14-16 N Versão do layout do lote
    17-17 A Uso exclusivo FEBRABAN/CNAB
    18-18 N Tipo de inscrição da empresa
    19-33 N Inscrição da empresa
    34-53 N Convênio
    54-54 N Zeros
    55-58 N Agência mantenedora da conta
    59-59 A DV da agência
    60-66 N Zeros
    67-71 N Número da conta corrente
    72-72 A DV da conta
    73-73 N DV da agência/conta
    74-103 A Nome da empresa
    104-183 A Brancos
    184-191 N Número da remessa/retorno
    192-199 D Data de gravação
    200-207 D Data do crédito
    208-240 A Uso exclusivo FEBRABAN/CNAB`,
  '5': `
    1-3 N Código do banco
    4-7 N Lote de serviço
    8-8 N Tipo de registro
    9-17 A Uso exclusivo FEBRABAN/CNAB
    18-23 N Quantidade de registros do lote
    24-29 N Quantidade de títulos em cobrança simples
    30-46 V Valor total da cobrança simples
    47-52 N Quantidade de títulos em cobrança vinculada
    53-69 V Valor total da cobrança vinculada
    70-115 N Zeros
    116-123 A Número do aviso de lançamento
    124-240 A Uso exclusivo FEBRABAN/CNAB`,
  '9': `
    1-3 N Código do banco
    4-7 N Lote de serviço
    8-8 N Tipo de registro
    9-17 A Uso exclusivo FEBRABAN/CNAB
    18-23 N Quantidade de lotes do arquivo
    24-29 N Quantidade de registros do arquivo
    30-35 N Quantidade de contas para conciliação
    36-240 A Uso exclusivo FEBRABAN/CNAB`,
  P: `
    1-3 N Código do banco
    4-7 N Lote de serviço
    8-8 N Tipo de registro
    9-13 N Número sequencial do registro no lote
    14-14 A Segmento
    15-15 A Uso exclusivo FEBRABAN/CNAB
    16-17 N Código de movimento remessa
    18-18 N Zeros
    19-22 N Agência mantenedora da conta
    23-23 A DV da agência
    24-30 N Zeros
    31-35 N Número da conta corrente da empresa
    36-36 A DV da conta
    37-37 N DV da agência/conta
    38-40 N N.º da carteira
    41-48 N Nosso número
    49-49 N DAC
    50-57 A Brancos
    58-62 N Zeros
    63-72 A N.º do documento
    73-77 A Brancos
    78-85 D Data de vencimento
    86-100 V Valor nominal do título
    101-105 N Agência cobradora
    106-106 N DV da agência cobradora
    107-108 N Espécie do título
    109-109 A Aceite
    110-117 D Data de emissão
    118-118 N Código dos juros de mora
    119-126 D Data dos juros de mora
    127-141 V Juros de mora por dia ou taxa
    142-142 N Código do desconto 1
    143-150 D Data do desconto 1
    151-165 N Valor ou percentual do desconto 1
    166-180 V Valor do IOF
    181-195 V Valor do abatimento
    196-220 A Uso da empresa
    221-221 N Código de protesto
    222-223 N Dias para protesto
    224-224 N Código de baixa/devolução
    225-226 N Prazo baixa
    227-239 N Zeros
    240-240 A Uso exclusivo FEBRABAN/CNAB`,
  Q: `
    1-3 N Código do banco
    4-7 N Lote de serviço
    8-8 N Tipo de registro
    9-13 N Número sequencial do registro no lote
    14-14 A Segmento
    15-15 A Uso exclusivo FEBRABAN/CNAB
    16-17 N Código de movimento remessa
    18-18 N Tipo de inscrição do pagador
    19-33 N Inscrição do pagador
    34-63 A Nome do pagador
    64-73 A Brancos
    74-113 A Endereço do pagador
    114-128 A Bairro do pagador
    129-133 N CEP do pagador
    134-136 N Sufixo do CEP do pagador
    137-151 A Cidade do pagador
    152-153 A UF do pagador
    154-154 N Tipo de inscrição do sacador/avalista
    155-169 N Inscrição do sacador/avalista
    170-199 A Sacador/avalista
    200-209 A Brancos
    210-212 N Banco correspondente
    213-240 A Brancos`,
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
    27-41 N Valor ou percentual do desconto 2
    42-42 N Código do desconto 3
    43-50 D Data do desconto 3
    51-65 N Valor ou percentual do desconto 3
    66-66 N Código da multa
    67-74 D Data da multa
    75-89 A Valor ou percentual da multa
    90-99 A Informação ao pagador
    100-139 A Mensagem 3
    140-199 A Brancos
    200-207 N Cod. oc. pagador
    208-215 N Zeros
    216-216 A Brancos
    217-228 N Zeros
    229-230 A Brancos
    231-231 N Zeros
    232-240 A Brancos`,
});
