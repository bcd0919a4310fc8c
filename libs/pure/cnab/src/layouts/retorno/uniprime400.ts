import { layout } from '../../layout.ts';

/** Uniprime: no public manual, columns of two open projects. */
export const uniprime400 = layout({
  '1': `
    1-1 N Tipo de registro
    2-3 N Tipo de inscrição
    4-17 N Inscrição da empresa
    18-20 A Zeros
    21-37 N Zero, carteira 3, agência 5, conta 7, DV
    38-62 A Controle do participante
    63-70 A Zeros
    71-81 N Nosso número
    82-82 A Não descrito no manual
    83-107 A Uso do banco
    108-108 N Carteira
    109-110 N Ocorrência
    111-116 D Data da ocorrência
    117-126 A Nº do documento
    127-146 A Uso do banco
    147-152 D Vencimento
    153-165 V Valor do título
    166-168 N Banco cobrador
    169-173 N Agência cobradora
    174-175 N Espécie
    176-188 V Tarifa
    189-201 V Outras despesas
    202-214 V Juros operação em atraso
    215-227 N Não descrito no manual
    228-240 V Abatimento
    241-253 V Desconto
    254-266 V Valor pago
    267-279 V Juros de mora
    280-292 V Outros créditos
    293-294 A Brancos
    295-295 A A aceito, D desprezado (ocorrência 19)
    296-301 D Data do crédito
    302-318 A Uso do banco
    319-328 N Motivos 5 x 2
    329-394 A Uso do banco
    395-400 N Número sequencial do registro`,
});
