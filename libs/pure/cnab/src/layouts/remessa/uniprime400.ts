import { layout } from '../../layout.ts';

/** Uniprime: no public manual, columns of two open projects. */
export const uniprime400 = layout({
  '0': `
    1-1 N Tipo de registro
    2-2 N Não descrito no manual
    3-9 A Remessa
    10-11 N Não descrito no manual
    12-26 A Cobranca
    27-46 N Código da empresa, zeros à esquerda
    47-76 A Nome da empresa
    77-79 N Não descrito no manual
    80-94 A Uniprime
    95-100 D Data da gravação DDMMAA
    101-108 A Brancos
    109-110 A Não descrito no manual
    111-117 N Nº sequencial de remessa
    118-394 A Brancos
    395-400 N Número sequencial do registro`,
  '1': `
    1-1 N Tipo de registro
    2-20 A Brancos (BoletoNetCore)
    21-21 N Não descrito no manual
    22-24 N Carteira
    25-29 N Agência
    30-36 N Conta
    37-37 A DV da conta
    38-62 A Nº de controle do participante
    63-65 N 084 (BoletoNetCore)
    66-66 N Multa
    67-70 N Percentual de multa
    71-81 N Nosso número
    82-82 A DV do nosso número (may be P)
    83-92 N Desconto bonificação por dia (ACBr)
    93-93 N Emissão
    94-104 A Brancos
    105-105 A Brancos
    106-106 A 2 (ACBr)
    107-108 A Brancos
    109-110 N Ocorrência
    111-120 A Nº do documento
    121-126 D Vencimento DDMMAA
    127-139 V Valor do título
    140-147 A Brancos (BoletoNetCore)
    148-149 N Espécie
    150-150 A Aceite N
    151-156 N Emissão DDMMAA
    157-158 N 1ª instrução
    159-160 N 2ª instrução
    161-173 V Mora por dia
    174-179 D Data limite desconto
    180-192 V Valor do desconto
    193-205 V IOF (ACBr)
    206-218 V Abatimento
    219-220 N Tipo inscrição pagador
    221-234 N Inscrição do pagador
    235-274 A Nome do pagador
    275-314 A Endereço
    315-326 A Brancos
    327-334 N Não descrito no manual
    335-354 A Bairro (BoletoNetCore)
    355-392 A Cidade (BoletoNetCore)
    393-394 A UF (BoletoNetCore)
    395-400 N Número sequencial do registro`,
  '9': `
    1-1 N Tipo de registro
    2-394 A Brancos
    395-400 N Número sequencial do registro`,
});
