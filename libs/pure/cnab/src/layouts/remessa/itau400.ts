import { layout } from '../../layout.ts';

/** Itaú, cobrança 400, July 2021. */
export const itau400 = layout({
  '0': `
    1-1 N Tipo de registro
    2-2 N Operação
    3-9 A Literal de remessa
    10-11 N Código do serviço
    12-26 A Literal de serviço
    27-30 N Agência
    31-32 N Zeros
    33-37 N Conta
    38-38 N DAC
    39-46 A Brancos
    47-76 A Nome da empresa
    77-79 N Código do banco
    80-94 A Nome do banco
    95-100 D Data de geração
    101-394 A Brancos
    395-400 N Número sequencial do registro`,
  '1': `
    1-1 N Tipo de registro
    2-3 N Código de inscrição
    4-17 N Número de inscrição
    18-21 N Agência
    22-23 N Zeros
    24-28 N Conta
    29-29 N DAC
    30-33 A Brancos
    34-37 N Instrução/alegação
    38-62 A Uso da empresa
    63-70 N Nosso número
    71-83 N Qtde de moeda
    84-86 N Nº da carteira
    87-107 A Uso do banco
    108-108 A Carteira
    109-110 N Cód. de ocorrência
    111-120 A Nº do documento
    121-126 D Vencimento
    127-139 V Valor do título
    140-142 N Código do banco
    143-147 N Agência cobradora
    148-149 A Espécie
    150-150 A Aceite
    151-156 D Data de emissão
    157-158 A Instrução 1
    159-160 A Instrução 2
    161-173 V Juros de 1 dia
    174-179 N Desconto até
    180-192 V Valor do desconto
    193-205 V Valor do i.o.f
    206-218 V Abatimento
    219-220 N Código de inscrição
    221-234 N Número de inscrição
    235-264 A Nome
    265-274 A Brancos
    275-314 A Logradouro
    315-326 A Bairro
    327-334 N Não descrito no manual
    335-349 A Cidade
    350-351 A Estado
    352-381 A Sacador/avalista
    382-385 A Brancos
    386-391 D Data de mora
    392-393 N Prazo
    394-394 A Brancos
    395-400 N Número sequencial do registro`,
  '2': `
    1-1 N Tipo de registro
    2-2 N Código da multa
    3-10 D Data da multa
    11-23 V Multa
    24-394 A Brancos
    395-400 N Número sequencial do registro`,
  '3': `
    1-1 N Tipo de registro
    2-78 A Chave Pix
    79-142 N Id location
    143-394 A Brancos
    395-400 N Número sequencial do registro`,
  '5': `
    1-1 N Tipo de registro
    2-121 A Endereço de e-mail
    122-123 N Código de inscrição
    124-137 N Número de inscrição
    138-177 A Logradouro
    178-189 A Bairro
    190-197 N Não descrito no manual
    198-212 A Cidade
    213-214 A Estado
    215-394 A Brancos
    395-400 N Número sequencial do registro`,
  '9': `
    1-1 N Tipo de registro
    2-394 A Brancos
    395-400 N Número sequencial do registro`,
});
