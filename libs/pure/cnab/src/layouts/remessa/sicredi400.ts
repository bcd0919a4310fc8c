import { layout } from '../../layout.ts';

/** Sicredi, manual do beneficiário, August 2019. */
export const sicredi400 = layout({
  '0': `
    1-1 N Tipo de registro
    2-2 A Não descrito no manual
    3-9 A Literal remessa
    10-11 N Código do serviço de cobrança
    12-26 A Literal cobrança
    27-31 N Código do beneficiário
    32-45 A CPF/CGC do beneficiário
    46-76 A Brancos
    77-79 N Número do Sicredi
    80-94 A Literal Sicredi
    95-102 D Data de gravação do arquivo
    103-110 A Brancos
    111-117 N Número da remessa
    118-390 A Brancos
    391-394 A Versão do sistema
    395-400 N Número sequencial do registro`,
  '1': `
    1-1 N Tipo de registro
    2-2 N Tipo de cobrança
    3-3 N Tipo de carteira
    4-4 N Tipo de Impressão
    5-16 A Brancos
    17-17 N Tipo de moeda
    18-18 N Tipo de desconto
    19-19 N Tipo de juros
    20-47 A Brancos
    48-56 N Nosso número Sicredi
    57-62 A Brancos
    63-70 D Data da Instrução
    71-71 A Campo alterado, quando instrução
    72-72 A Postagem do título
    73-73 A Brancos
    74-74 A Emissão do boleto
    75-76 N Número da parcela do carnê
    77-78 N Número total de parcelas do carnê
    79-82 A Brancos
    83-92 N Valor de desconto por dia de antecipação zeros à esquerda)
    93-96 A % multa por pagamento em atraso
    97-108 A Brancos
    109-110 A Instrução
    111-120 A Seu número
    121-126 D Data de vencimento
    127-139 V Valor do título
    140-148 A Brancos
    149-149 A Espécie de documento
    150-150 A Aceite do título
    151-156 D Data de emissão
    157-158 A Instrução de protesto automático
    159-160 N Número de dias p/protesto automático
    161-173 V Valor/% de juros por dia de atraso
    174-179 D Data limite p/concessão de desconto
    180-192 V Valor/% do desconto
    193-194 A Instrução de negativação automática
    195-196 A Comandará negativação em dias úteis após o
    197-205 A Brancos
    206-218 V Valor do abatimento
    219-219 N Tipo de pessoa do pagador
    220-220 A Brancos
    221-234 A CPF/CNPJ do Pagador
    235-274 A Nome do pagador
    275-314 A Endereço do pagador
    315-319 N Código do pagador na cooperativa
    320-325 A Brancos
    326-326 A Brancos
    327-334 A CEP do pagador
    335-339 N Código do Pagador junto ao cliente
    340-353 A CPF/CNPJ do Sacador Avalista
    354-394 A Nome do Sacador Avalista
    395-400 N Número sequencial do registro`,
  '2': `
    1-1 N Tipo de registro
    2-12 A Brancos
    13-21 N Nosso número
    22-101 A 1a Instrução para impressão no boleto
    102-181 A 2a Instrução para impressão no boleto
    182-261 A 3a Instrução para impressão no boleto
    262-341 A 4a Instrução para impressão no boleto
    342-351 A Seu Número
    352-394 A Brancos
    395-400 N Número sequencial do registro`,
  '6': `
    1-1 N Tipo de registro
    2-16 N Nosso número Sicredi
    17-26 A Seu número
    27-31 N Código do pagador junto ao cliente
    32-45 A CPF/CNPJ do Sacador Avalista
    46-86 A Nome do Sacador Avalista
    87-131 A Endereço
    132-151 A Cidade
    152-159 A Necessário CEP válido
    160-161 A Estado
    162-394 A Brancos
    395-400 N Número sequencial do registro`,
  '7': `
    1-1 N Tipo de registro
    2-16 N Nosso número Sicredi
    17-26 A Seu número
    27-40 A CPF/CNPJ do pagador
    41-54 A CPF/CNPJ do Sacador Avalista
    55-60 D Data limite para desconto 2
    61-73 V Valor
    74-79 D Data limite para desconto 3
    80-92 V Valor
    93-394 A Brancos
    395-400 N Número sequencial do registro`,
  '9': `
    1-1 N Tipo de registro
    2-2 A Identificação do arquivo remessa
    3-5 N Número do Sicredi
    6-10 N Código do beneficiário
    11-394 A Brancos
    395-400 N Número sequencial do registro`,
});
