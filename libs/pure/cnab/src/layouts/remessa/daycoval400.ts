import { layout } from '../../layout.ts';

/** Daycoval: no public manual, columns of two open projects. */
export const daycoval400 = layout({
  '0': `
    1-1 N Tipo de registro
    2-2 N Não descrito no manual
    3-9 A Remessa
    10-11 N Não descrito no manual
    12-26 A Cobranca
    27-46 A Código da empresa no banco
    47-76 A Nome da empresa
    77-79 N Não descrito no manual
    80-94 A Banco daycoval
    95-100 D Data ddmmaa
    101-394 A Brancos
    395-400 N Número sequencial do registro`,
  '1': `
    1-1 N Tipo de registro
    2-3 N Tipo de inscrição da empresa
    4-17 N Inscrição da empresa
    18-37 A Código da empresa no banco
    38-62 A Uso da empresa (ACBr seu número, BoletoNetCore brancos)
    63-70 N Nosso número, últimos 8 de 10 (ACBr)
    71-83 A Brancos; código de remessa 4
    84-107 A Brancos
    108-108 A Código de remessa
    109-110 N Ocorrência
    111-120 A Nº do documento
    121-126 D Vencimento DDMMAA
    127-139 V Valor
    140-142 N Não descrito no manual
    143-147 N Não descrito no manual
    148-149 N Espécie
    150-150 A Aceite N
    151-156 N Emissão DDMMAA
    157-158 N Não descrito no manual
    159-160 N Não descrito no manual
    161-173 V Mora por dia (BoletoNetCore)
    174-179 D Data limite desconto
    180-192 V Desconto
    193-205 N Zeros
    206-218 V Abatimento
    219-220 N Tipo inscrição pagador
    221-234 N Inscrição pagador
    235-264 A Nome do pagador
    265-274 A Brancos
    275-314 A Endereço
    315-326 A Bairro
    327-334 N Não descrito no manual
    335-349 A Cidade
    350-351 A Não descrito no manual
    352-381 A Sacador/avalista
    382-385 A Brancos
    386-391 A Brancos
    392-393 N Prazo (dias limite)
    394-394 N Moeda 0
    395-400 N Número sequencial do registro`,
  '9': `
    1-1 N Tipo de registro
    2-394 A Brancos
    395-400 N Número sequencial do registro`,
});
