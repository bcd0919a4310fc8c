import { layout } from '../../layout.ts';

/** Banrisul, pdr400, July 2015. */
export const banrisul400 = layout({
  '0': `
    1-9 A 01remessa
    10-26 A Brancos
    27-39 N Código de cedente
    40-46 A Brancos
    47-76 A Nome da empresa
    77-87 A 041banrisul
    88-94 A Brancos
    95-100 D Data de gravação do arquivo
    101-109 A Brancos
    110-113 N Código do serviço
    114-114 A Brancos
    115-115 N Tipo de processamento
    116-116 A Brancos
    117-126 N Código do cliente no office banking
    127-394 A Brancos
    395-400 N Número sequencial do registro`,
  '1': `
    1-1 N Tipo de registro
    2-17 A Brancos
    18-30 N Código de cedente
    31-37 A Brancos
    38-62 A Identificação do título para o beneficiário
    63-72 N Nosso número - identificação do título para o banco
    73-104 A Mensagem no bloqueto
    105-107 A Brancos
    108-108 N Tipo de carteira
    109-110 N Código de ocorrência
    111-120 A Seu número
    121-126 D Data de vencimento do título
    127-139 V Valor do título
    140-142 A Banco cobrador
    143-147 A Brancos
    148-149 A Tipo de documento
    150-150 N Código de aceite
    151-156 D Data da emissão do título
    157-158 N Código da 1ª instrução
    159-160 N Código da 2ª instrução
    161-161 N Código de mora
    162-173 V Valor ao dia ou taxa mensal de juros
    174-179 D Data para concessão do desconto
    180-192 V Valor do desconto a ser concedido
    193-205 V Valor IOF
    206-218 V Valor do abatimento
    219-220 N Tipo de inscrição do pagador
    221-234 N Número de inscrição do pagador no mf
    235-269 A Nome do pagador
    270-274 A Brancos
    275-314 A Endereço do pagador
    315-321 A Brancos
    322-324 A Taxa para multa após o vencimento
    325-326 N Número de dias para multa após o vencimento
    327-334 A Não descrito no manual
    335-349 A Cidade do pagador (praça de cobrança)
    350-351 A Uf – unidade da federação
    352-355 A Taxa ao dia para pagamento antecipado
    356-356 A Brancos
    357-369 V Valor para cálculo do desconto
    370-371 N Número de dias para protesto ou de devolução automática
    372-394 A Brancos
    395-400 N Número sequencial do registro`,
  '2': `
    1-1 N Tipo de registro
    2-3 N Tipo de inscrição
    4-17 N Código do CNPJ da empresa
    18-30 N Código de cedente
    31-37 A Brancos
    38-62 A Identificação do título para o beneficiário
    63-72 N Nosso número – identificação do título para o banco
    73-107 A Brancos
    108-108 N Código da carteira
    109-110 N Código de ocorrência
    111-111 A Controle de canal
    112-201 A Conteúdo da mensagem a ser impressa no bloqueto, no verso
    202-202 A Controle de canal
    203-292 A Conteúdo da mensagem a ser impressa no bloqueto, no verso
    293-293 A Controle de canal
    294-383 A Conteúdo da mensagem a ser impressa no bloqueto, no verso
    384-394 A Brancos
    395-400 N Número sequencial do registro`,
  '9': `
    1-1 N Tipo de registro
    2-27 A Brancos
    28-40 V Total geral ou somatório dos valores dos títulos
    41-394 A Brancos
    395-400 N Número sequencial do registro`,
});
