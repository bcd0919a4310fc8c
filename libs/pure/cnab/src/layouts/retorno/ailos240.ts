import { layout } from '../../layout.ts';

/** Ailos, manual técnico, 240 posições, version 08. */
export const ailos240 = layout({
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
  T: `
    1-3 N Código do banco
    4-7 N Lote de serviço
    8-8 N Tipo de registro
    9-13 N Número sequencial do registro no lote
    14-14 A Segmento
    15-15 A Uso exclusivo FEBRABAN/CNAB
    16-17 N Código de movimento (ocorrência)
    18-22 N Agência
    23-23 N DV da agência
    24-35 N Conta corrente
    36-36 N DV da conta
    37-37 N DV da agência/conta
    38-57 A Nosso número
    58-58 N Carteira
    59-73 A Número do documento (seu número)
    74-81 D Data de vencimento
    82-96 V Valor do título
    97-99 N Banco cobrador/recebedor
    100-104 N Agência cobradora/recebedora
    105-105 N DV da agência cobradora
    106-130 A Uso da empresa
    131-132 N Código da moeda
    133-133 N Tipo de inscrição do pagador
    134-148 N Inscrição do pagador
    149-188 A Nome do pagador
    189-198 N Número do contrato
    199-213 V Valor da tarifa/custas
    214-223 A Motivos da ocorrência
    224-240 A Uso exclusivo FEBRABAN/CNAB`,
  U: `
    1-3 N Código do banco
    4-7 N Lote de serviço
    8-8 N Tipo de registro
    9-13 N Número sequencial do registro no lote
    14-14 A Segmento
    15-15 A Uso exclusivo FEBRABAN/CNAB
    16-17 N Código de movimento (ocorrência)
    18-32 V Valor de juros, multa e encargos
    33-47 V Valor do desconto
    48-62 V Valor do abatimento
    63-77 V Valor do IOF
    78-92 V Valor pago
    93-107 V Valor líquido a creditar
    108-122 V Valor de outras despesas
    123-137 V Valor de outros créditos
    138-145 D Data da ocorrência
    146-153 D Data do crédito
    154-157 A Ocorrência do pagador
    158-165 D Data da ocorrência do pagador
    166-180 V Valor da ocorrência do pagador
    181-210 A Complemento da ocorrência do pagador
    211-213 N Banco correspondente
    214-233 N Nosso número no banco correspondente
    234-240 A Uso exclusivo FEBRABAN/CNAB`,
});
