import { layout } from '../../layout.ts';

/** Inter, version 1.1, August 2021. */
export const inter400 = layout({
  '0': `
    1-1 N Tipo de registro
    2-2 A Identificação do arquivo retorno
    3-9 A Literal retorno
    10-11 N Código do serviço
    12-26 A Literal serviço
    27-46 A Brancos
    47-76 A Nome da empresa por extenso
    77-79 A Nº do Inter na Câmara Compensação
    80-94 A Nome do banco por extenso
    95-100 D Data da gravação do arquivo
    101-394 A Brancos
    395-400 N Número sequencial do registro`,
  '1': `
    1-1 N Tipo de registro
    2-3 N Tipo de inscrição empresa
    4-17 A Nº inscrição da empresa
    18-20 N Zeros
    21-37 N Agência, conta e DV
    38-62 A Nº controle do participante
    63-70 N Zeros
    71-81 N Nº Banco - Nosso número
    82-86 A Brancos
    87-89 N Carteira
    90-91 A Identificação de ocorrência
    92-97 D Data ocorrência no banco
    98-107 A Número do documento (Seu número)
    108-118 N Nº banco - Nosso número
    119-124 D Data vencimento do título
    125-137 V Valor do título
    138-140 A Banco cobrador
    141-144 N Agência cobradora
    145-146 A Espécie do título
    147-159 A Brancos
    160-172 V Valor pago
    173-178 D Data do crédito
    179-181 A Brancos
    182-221 A Nome do pagador
    222-226 A Brancos
    227-240 A Nº Inscrição do pagador
    241-380 A Motivos da rejeição (texto)
    381-394 A Brancos
    395-400 N Número sequencial do registro`,
  '9': `
    1-1 N Tipo de registro
    2-2 A Identificação do retorno
    3-4 N Identificação tipo de registro
    5-7 N Código do banco
    8-17 A Brancos
    18-25 N Quantidade de registros no arquivo
    26-57 A Brancos
    58-62 N Quantidade de registros - Ocorrência 02
    63-74 V Valor dos registros – Ocorrência 02
    75-86 A Brancos
    87-91 N Quantidade de registros da ocorrência 03
    92-115 A Brancos
    116-120 N Quantidade de títulos pagos
    121-132 V Valor dos títulos pagos
    133-394 A Brancos
    395-400 N Número sequencial do registro`,
});
