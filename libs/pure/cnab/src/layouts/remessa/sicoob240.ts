import { layout } from '../../layout.ts';

/** Sicoob, manual de layout, February 2017. */
export const sicoob240 = layout({
  '0': `
    1-3 N Código do banco
    4-7 N Lote de serviço
    8-8 N Tipo de registro
    9-17 A Uso exclusivo FEBRABAN/CNAB
    18-18 N Tipo de inscrição da empresa
    19-32 N Inscrição da empresa
    33-52 A Convênio
    53-57 N Agência
    58-58 A DV da agência
    59-70 N Conta corrente
    71-71 A DV da conta
    72-72 A DV da agência/conta
    73-102 A Nome da empresa
    103-132 A Nome do banco
    133-142 A Uso exclusivo FEBRABAN/CNAB
    143-143 N Código remessa/retorno
    144-151 D Data de geração
    152-157 N Hora de geração
    158-163 N Número sequencial do arquivo (NSA)
    164-166 N Versão do layout do arquivo
    167-171 N Densidade de gravação
    172-191 A Uso reservado do banco
    192-211 A Uso reservado da empresa
    212-240 A Uso exclusivo FEBRABAN/CNAB`,
  '1': `
    1-3 N Código do banco
    4-7 N Lote de serviço
    8-8 N Tipo de registro
    9-9 A Tipo de operação
    10-11 N Tipo de serviço
    12-13 A Uso exclusivo FEBRABAN/CNAB
    14-16 N Versão do layout do lote
    17-17 A Uso exclusivo FEBRABAN/CNAB
    18-18 N Tipo de inscrição da empresa
    19-33 N Inscrição da empresa
    34-53 A Convênio
    54-58 N Agência
    59-59 A DV da agência
    60-71 N Conta corrente
    72-72 A DV da conta
    73-73 A DV da agência/conta
    74-103 A Nome da empresa
    104-143 A Mensagem 1
    144-183 A Mensagem 2
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
    70-75 N Quantidade de títulos em cobrança caucionada
    76-92 V Valor total da cobrança caucionada
    93-98 N Quantidade de títulos em cobrança descontada
    99-115 V Valor total da cobrança descontada
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
    18-22 N Agência
    23-23 A DV da agência
    24-35 N Conta corrente
    36-36 A DV da conta
    37-37 A DV da agência/conta
    38-57 A Nosso número
    58-58 N Carteira
    59-59 N Forma de cadastramento
    60-60 A Tipo de documento
    61-61 N Emissão do boleto
    62-62 A Distribuição do boleto
    63-77 A Número do documento
    78-85 D Data de vencimento
    86-100 V Valor nominal do título
    101-105 N Agência cobradora
    106-106 A DV da agência cobradora
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
    225-227 A Dias para baixa/devolução
    228-229 N Código da moeda
    230-239 N Número do contrato
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
    34-73 A Nome do pagador
    74-113 A Endereço do pagador
    114-128 A Bairro do pagador
    129-133 N CEP do pagador
    134-136 N Sufixo do CEP do pagador
    137-151 A Cidade do pagador
    152-153 A UF do pagador
    154-154 N Tipo de inscrição do sacador/avalista
    155-169 N Inscrição do sacador/avalista
    170-209 A Nome do sacador/avalista
    210-212 N Banco correspondente
    213-232 A Nosso número no banco correspondente
    233-240 A Uso exclusivo FEBRABAN/CNAB`,
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
    66-66 A Código da multa
    67-74 D Data da multa
    75-89 N Valor ou percentual da multa
    90-99 A Informação ao pagador
    100-139 A Mensagem 3
    140-179 A Mensagem 4
    180-199 A Uso Exclusivo FEBRABAN/CNAB
    200-207 N Cod. Ocor. Pagador
    208-210 N Dados para Débito
    211-215 N Código da Agência do Débito
    216-216 A Dígito Verificador da Agência
    217-228 N Conta Corrente
    229-229 A Dígito Verificador da Conta
    230-230 A Dígito Verificador Ag/Conta
    231-231 N Ident. da Emissão do Aviso Déb
    232-240 A Uso Exclusivo FEBRABAN/CNAB`,
});
