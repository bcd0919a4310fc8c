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
    33-36 N Agência do Beneficiário
    37-37 N Dígito da Agência do Beneficiário
    38-46 N Número da conta corrente
    47-47 N Dígito verificador da conta
    48-52 A Reservado (uso Banco)
    53-61 N Código do Beneficiário
    62-72 A Reservado (uso Banco)
    73-102 A Nome da empresa
    103-132 A Nome do banco
    133-142 A Uso exclusivo FEBRABAN/CNAB
    143-143 N Código remessa/retorno
    144-151 D Data de geração
    152-157 A Hora de geração
    158-163 N Número sequencial do arquivo (NSA)
    164-166 A Versão do layout do arquivo
    167-240 A Reservado`,
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
    34-42 N Código do Beneficiário
    43-53 A Reservado(uso Banco)
    54-57 N Agência do Beneficiário
    58-58 N Dígito da Agência do Beneficiário
    59-67 N Número da conta do Beneficiário
    68-68 N Dígito verificador da conta
    69-73 A Reservado (uso Banco)
    74-103 A Nome da empresa
    104-183 A Reservado(uso Banco)
    184-191 N Número da remessa/retorno
    192-199 D Data de gravação
    200-240 A Reservado (uso Banco)`,
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
    116-123 N Número do aviso de lançamento
    124-240 A Uso exclusivo FEBRABAN/CNAB`,
  '9': `
    1-3 N Código do banco
    4-7 N Lote de serviço
    8-8 N Tipo de registro
    9-17 A Uso exclusivo FEBRABAN/CNAB
    18-23 N Quantidade de lotes do arquivo
    24-29 N Quantidade de registros do arquivo
    30-240 A Reservado (uso Banco)`,
  T: `
    1-3 N Código do banco
    4-7 N Lote de serviço
    8-8 N Tipo de registro
    9-13 N Número sequencial do registro no lote
    14-14 A Segmento
    15-15 A Uso exclusivo FEBRABAN/CNAB
    16-17 N Código de movimento (ocorrência)
    18-21 N Agência do Beneficiário
    22-22 N Dígito da Agência do Beneficiário
    23-31 N Número da conta corrente
    32-32 N Dígito verificador da conta
    33-40 A Reservado (uso Banco)
    41-53 A Identificação do título no Banco
    54-54 N Código da carteira
    55-69 A Nº do documento de cobrança
    70-77 D Data do vencimento do título
    78-92 V Valor nominal do título
    93-95 A Nº do Banco Cobrador
    96-99 N Agência Cobradora
    100-100 N Dígito da Agência do Beneficiário
    101-125 A Identif. do título na empresa
    126-127 N Código da moeda
    128-128 N Tipo de inscrição Pagador
    129-143 N Número de inscrição Pagador
    144-183 A Nome do Pagador
    184-193 N Conta Cobrança
    194-208 V Valor da Tarifa/Custas
    209-218 A Motivos da ocorrência
    219-240 A Reservado (uso Banco)`,
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
    211-213 A Banco correspondente
    214-240 A Reservado`,
  Y: `
    1-3 N Código do banco
    4-7 N Lote de serviço
    8-8 N Tipo de registro
    9-13 N Número sequencial do registro no lote
    14-14 A Segmento
    15-15 A Uso exclusivo FEBRABAN/CNAB
    16-17 N Código de movimento (ocorrência)
    18-19 A Identificação Registro Opcional
    20-53 A Identificação do Cheque
    54-87 A Identificação do Cheque
    88-121 A Identificação do Cheque
    122-155 A Identificação do Cheque
    156-189 A Identificação do Cheque
    190-223 A Identificação do Cheque
    224-240 A Reservado`,
});
