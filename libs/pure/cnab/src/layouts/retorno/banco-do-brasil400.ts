import { layout } from '../../layout.ts';

/** Banco do Brasil, CBR641 (remessa) and CBR643 (retorno). */
export const bancoDoBrasil400 = layout({
  '0': `
    1-1 N Tipo de registro
    2-2 N Tipo de Operação
    3-9 A Identificação Tipo de Operação
    10-11 N Identificação do Tipo de Serviço
    12-19 A Literal do serviço
    20-26 A Brancos
    27-30 N Prefixo da agência
    31-31 A Dígito Verificador - D.V. - do Prefixo da Agência
    32-39 N Conta corrente do cedente
    40-40 A Dígito Verificador - D.V. - da Conta Corrente do Cedente
    41-46 N Zeros
    47-76 A Nome do Cedente
    77-94 A Código e nome do banco
    95-100 D Data da Gravação
    101-107 N Seqüencial do Retorno
    108-149 A Brancos
    150-156 N Número de convênio
    157-394 A Brancos
    395-400 N Número sequencial do registro`,
  '1': `
    1-1 N Tipo de registro
    2-3 N Zeros
    4-17 N Zeros
    18-21 N Prefixo da Agência
    22-22 A Dígito Verificador - D.V. - do Prefixo da Agência
    23-30 N Número da Conta Corrente do Cedente
    31-31 A DV da conta corrente do cedente
    32-37 N Número do convênio
    38-62 A Número de controle do participante
    63-73 N Nosso número
    74-74 A DV do nosso número
    75-88 A Não descrito no manual
    89-91 A Prefixo do Título
    92-94 N Variação da Carteira
    95-95 N Conta Caução
    96-100 N Taxa para desconto
    101-105 N Taxa IOF
    106-106 N Brancos
    107-108 N Carteira
    109-110 N Comando
    111-116 D Data de liquidação (DDMMAA)
    117-126 A Número do título dado pelo cedente
    127-146 A Brancos
    147-152 D Data de vencimento (DDMMAA)
    153-165 V Valor do título
    166-168 N Código do banco recebedor
    169-172 N Prefixo da agência recebedora
    173-173 A DV prefixo recebedora
    174-175 N Espécie do título
    176-181 D Data do crédito (DDMMAA)
    182-188 V Valor da tarifa
    189-201 V Outras despesas
    202-214 V Juros do desconto
    215-227 V IOF do desconto
    228-240 V Valor do abatimento
    241-253 V Valor do desconto concedido
    254-266 V Valor recebido (valor recebido parcial)
    267-279 V Juros de mora
    280-292 V Outros recebimentos
    293-305 V Abatimento não aproveitado pelo sacado
    306-318 V Valor do lançamento
    319-319 N Indicativo de débito/crédito
    320-320 N Indicador de valor
    321-332 V Valor do ajuste
    333-333 A Brancos (vide observação para cobrança compartilhada)
    334-342 N Brancos (vide observação para cobrança compartilhada)
    343-349 N Zeros (vide observação para cobrança compartilhada)
    350-358 N Zeros (vide observação para cobrança compartilhada)
    359-365 N Zeros (vide observação para cobrança compartilhada)
    366-374 N Zeros (vide observação para cobrança compartilhada)
    375-381 N Zeros (vide observação para cobrança compartilhada)
    382-390 N Zeros (vide observação para cobrança compartilhada)
    391-391 N Indicativo de Autorização de Liquidação Parcial
    392-392 A Brancos
    393-394 N Canal de pagamento
    395-400 N Número sequencial do registro`,
  '2': `
    1-1 N Tipo de registro
    2-18 N Nosso número
    19-21 N Banco para crédito
    22-24 N Câmara de compensação
    25-28 N Prefixo da agência para crédito
    29-29 A DV da agência para crédito
    30-40 N Conta para crédito
    41-41 A DV da conta para crédito
    42-71 A Nome do favorecido
    72-84 V Valor informado para partilha
    85-97 V Valor efetivamente partilhado
    98-100 N Banco para crédito
    101-103 N Câmara de compensação
    104-107 N Prefixo da agência para crédito
    108-108 A DV prefixo da agência para crédito
    109-119 N Conta para crédito
    120-120 A DV da conta para crédito
    121-150 A Nome do favorecido
    151-163 V Valor informado para partilha
    164-176 V Valor efetivamente partilhado
    177-179 N Banco para crédito
    180-182 N Câmara de compensação
    183-186 N Prefixo da agência para crédito
    187-187 A DV prefixo da agência para crédito
    188-198 N Conta para crédito
    199-199 A DV da conta para crédito
    200-229 A Nome do favorecido
    230-242 V Valor informado para partilha
    243-255 V Valor efetivamente partilhado
    256-258 N Banco para crédito
    259-261 N Câmara de compensação
    262-265 N Prefixo da agência para crédito
    266-266 A DV prefixo da agência para crédito
    267-277 N Conta para crédito
    278-278 A DV da conta para crédito
    279-308 A Nome do favorecido
    309-321 V Valor informado para partilha
    322-334 V Valor efetivamente partilhado
    335-335 N Tipo documento favorecido 1
    336-349 N Número documento favorecido 1
    350-350 N Tipo documento favorecido 2
    351-364 N Número documento favorecido 2
    365-365 N Tipo documento favorecido 3
    366-379 N Número documento favorecido 3
    380-380 N Tipo documento favorecido 4
    381-394 N Número documento favorecido 4
    395-400 N Número sequencial do registro`,
  '3': `
    1-1 N Tipo de registro
    2-12 N Nosso número
    13-13 A DV do nosso número
    14-22 N Número da operação BBVendor no aplicativo CIOPE
    23-30 D Data da operação BBVendor (DDMMAAAA)
    31-35 N Taxa de juros do vendedor
    36-40 N Taxa de juros do comprador
    41-55 V Valor do título no vencimento
    56-70 V Valor original da venda
    71-85 V Valor dos encargos do comprador
    86-100 V Valor do IOF financiado
    101-115 V Valor acumulado de abatimento comandados
    116-116 N Indicativo de época de equalização
    117-117 N Indicativo de natureza da equalização
    118-132 V Valor da equalização
    133-147 V Valor de juros de prorrogação
    148-162 V Valor do IOF de prorrogação
    163-177 V Valor do IOF sobre período de atraso
    178-214 A Nome do comprador
    215-215 N Código do tipo de documento do comprador
    216-229 N Número do documento do comprador
    230-231 N Utilizado para conversão para CNAB240
    232-248 A Não descrito no manual
    249-263 N Não descrito no manual
    264-278 N Não descrito no manual
    279-293 N Não descrito no manual
    294-308 N Não descrito no manual
    309-309 N Não descrito no manual
    310-310 N Não descrito no manual
    311-311 N Não descrito no manual
    312-326 N Não descrito no manual
    327-341 V Valor da comissão de permanência (cobrada no título)
    342-400 A Brancos`,
  '5': `
    1-1 N Tipo de registro
    2-3 N Não descrito no manual
    4-5 N Zeros
    6-20 A Número do título do cedente com 15 posições
    21-394 A Brancos
    395-400 N Número sequencial do registro`,
  '5:01': `
    1-1 A Tipo de registro
    2-3 N Tipo de Serviço
    4-5 N Zeros
    6-142 A Endereços de e-mail informados no arquivo-remessa
    143-394 A Brancos
    395-400 A Número sequencial do registro`,
  '7': `
    1-1 N Tipo de registro
    2-3 N Zeros
    4-17 N Zeros
    18-21 N Prefixo da Agência
    22-22 A Dígito Verificador - D.V. - do Prefixo da Agência
    23-30 N Número da Conta Corrente do Cedente
    31-31 A DV da conta corrente do cedente
    32-38 N Número do Convênio de Cobrança do Cedente
    39-63 A Número de Controle do Participante
    64-80 N Nosso-Número
    81-81 N Tipo de cobrança
    82-82 N Tipo de cobrança específico
    83-86 N Dias para cálculo
    87-88 N Natureza do recebimento
    89-91 A Prefixo do Título
    92-94 N Variação da Carteira
    95-95 N Conta Caução
    96-100 N Taxa para desconto
    101-105 N Taxa IOF
    106-106 N Brancos
    107-108 N Carteira
    109-110 N Comando
    111-116 D Data de liquidação (DDMMAA)
    117-126 A Número do título dado pelo cedente
    127-146 A Brancos
    147-152 D Data de vencimento (DDMMAA)
    153-165 V Valor do título
    166-168 N Código do banco recebedor
    169-172 N Prefixo da agência recebedora
    173-173 A DV prefixo recebedora
    174-175 N Espécie do título
    176-181 D Data do crédito (DDMMAA)
    182-188 V Valor da tarifa
    189-201 V Outras despesas
    202-214 V Juros do desconto
    215-227 V IOF do desconto
    228-240 V Valor do abatimento
    241-253 V Valor do desconto concedido
    254-266 V Valor recebido (valor recebido parcial)
    267-279 V Juros de mora
    280-292 V Outros recebimentos
    293-305 V Abatimento não aproveitado pelo sacado
    306-318 V Valor do lançamento
    319-319 N Indicativo de débito/crédito
    320-320 N Indicador de valor
    321-332 V Valor do ajuste
    333-333 A Brancos (vide observação para cobrança compartilhada)
    334-342 N Brancos (vide observação para cobrança compartilhada)
    343-349 N Zeros (vide observação para cobrança compartilhada)
    350-358 N Zeros (vide observação para cobrança compartilhada)
    359-365 N Zeros (vide observação para cobrança compartilhada)
    366-374 N Zeros (vide observação para cobrança compartilhada)
    375-381 N Zeros (vide observação para cobrança compartilhada)
    382-390 N Zeros (vide observação para cobrança compartilhada)
    391-391 N Indicativo de Autorização de Liquidação Parcial
    392-392 A Brancos
    393-394 N Canal de pagamento
    395-400 N Número sequencial do registro`,
  '9': `
    1-1 N Tipo de registro
    2-2 N Não descrito no manual
    3-4 N Não descrito no manual
    5-7 N Não descrito no manual
    8-17 A Brancos
    18-25 N Cobrança Simples - quantidade de títulos
    26-39 V Cobrança Simples - valor total
    40-47 N Cobrança Simples - Número do aviso
    48-57 A Cobrança Simples - Brancos
    58-65 N Cobrança Vinculada - quantidade de títulos
    66-79 V Cobrança Vinculada - valor total
    80-87 N Cobrança Vinculada - Número do aviso
    88-97 A Cobrança Vinculada - Brancos
    98-105 N Cobrança Caucionada - quantidade de títulos
    106-119 V Cobrança Caucionada - valor total
    120-127 N Cobrança Caucionada - Número do aviso
    128-137 A Cobrança Caucionada - Brancos
    138-145 N Cobrança Descontada - quantidade de títulos
    146-159 V Cobrança Descontada - valor total
    160-167 N Cobrança Descontada - Número do aviso
    168-217 A Cobrança Descontada - Brancos
    218-225 N Cobrança Vendor - quantidade de títulos
    226-239 V Cobrança Vendor - valor total
    240-247 N Cobrança Vendor - Número do aviso
    248-394 A Cobrança Vendor – Brancos
    395-400 N Número sequencial do registro`,
});
