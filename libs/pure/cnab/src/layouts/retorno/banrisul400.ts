import { layout } from '../../layout.ts';

/** Banrisul, pdr400, July 2015. */
export const banrisul400 = layout({
  '0': `
    1-19 A 02retorno01cobranca
    20-26 A Brancos
    27-39 N Código de cedente
    40-46 A Brancos
    47-76 A Nome da empresa
    77-87 A 041banrisul
    88-94 A Brancos
    95-100 D Data da gravação do arquivo
    101-385 A Brancos
    386-394 N Número sequencial do arquivo – NSA
    395-400 N Número sequencial do registro`,
  '1': `
    1-1 N Tipo de registro
    2-3 N Tipo de inscrição
    4-17 N Número de inscrição do beneficiário no mf
    18-30 N Código de cedente
    31-36 A Espécie de cobrança
    37-37 A Brancos
    38-62 A Identificação do título para o beneficiário
    63-72 A Identificação do título para o banco
    73-82 A Identificação do título para o banco
    83-83 A (the manual leaves column 83 out)
    84-104 N NÚMERO DO CONTRATO BLU (para títulos em garantia)
    105-107 A Brancos
    108-108 N Tipo de carteira
    109-110 N Código de ocorrência
    111-116 D Data da ocorrência para o banco
    117-126 A Seu número
    127-146 N Nosso número
    147-152 D Data de vencimento do título
    153-165 V Valor do título
    166-168 N Código do banco cobrador
    169-173 N Código da agência cobradora
    174-175 A Tipo de documento
    176-188 V VALOR DAS DESPESAS DE COBRANÇA Tarifa, Porte e Interbancária
    189-201 V Outras despesas
    202-227 N Zeros
    228-240 V Valor do abatimento ou deflação concedidos
    241-253 V Valor dos descontos concedidos
    254-266 V Valor pago
    267-279 V Valor dos juros cobrados
    280-292 V Valor outros recebimentos
    293-295 A Brancos
    296-301 D Data do crédito na conta corrente
    302-342 A Brancos
    343-343 A Forma de pagamento
    344-344 A Canal de pagamento
    345-382 A Brancos
    383-392 A Motivo das ocorrências 03, 16 e 18 (posições 109-110)
    393-394 A Brancos
    395-400 N Número sequencial do registro`,
  '9': `
    1-1 N Tipo de registro
    2-17 A Brancos
    18-25 N Quantidade de títulos em carteira
    26-39 V Valor total em carteira
    40-47 N Número de sequência do arquivo
    48-48 A Brancos
    49-55 N Quantidade de títulos registrados
    56-70 V Valor total registrado
    71-77 N Quantidade de títulos liquidados
    78-92 V Valor total liquidado
    93-361 A Brancos
    362-379 N Quantidade total dos rateios efetuados
    380-394 V Valor total dos rateios efetuados
    395-400 N Número sequencial do registro`,
});
