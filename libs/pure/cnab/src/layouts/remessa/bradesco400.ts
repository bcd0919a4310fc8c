import { layout } from '../../layout.ts';

/** Bradesco, layout de cobrança, 2015 (remessa) and 2016 (retorno). */
export const bradesco400 = layout({
  '0': `
    1-1 N Tipo de registro
    2-2 A Identificação do Arquivo Remessa
    3-9 A Literal Remessa
    10-11 N Código de Serviço
    12-26 A Literal Serviço
    27-46 N Código da Empresa
    47-76 A Nome da Empresa
    77-79 A Não descrito no manual
    80-94 A Nome do Banco por Extenso
    95-100 D Data da Gravação do Arquivo
    101-108 A Brancos
    109-110 A Identificação do sistema
    111-117 N Nº Seqüencial de Remessa
    118-394 A Brancos
    395-400 A Não descrito no manual`,
  '1': `
    1-1 N Tipo de registro
    2-6 N Agência de Débito
    7-7 N Dígito da Agência de Débito
    8-12 N Razão da Conta Corrente
    13-19 N Conta Corrente
    20-20 N Dígito da Conta Corrente
    21-37 A Identificação da Empresa Beneficiária
    38-62 A Nº Controle do Participante
    63-65 A Não descrito no manual
    66-66 A Campo de Multa
    67-70 A Percentual
    71-81 A Identificação do Título no Banco
    82-82 N Digito de Auto Conferencia do Número
    83-92 A Desconto Bonificação por dia
    93-93 A Condição para Emissão da Papeleta de
    94-94 A Ident. se emite Boleto
    95-104 A Identificação da Operação do Banco
    105-105 A Indicador Rateio Crédito
    106-106 A Não descrito no manual
    107-108 A Brancos
    109-110 A Identificação da ocorrência
    111-120 A Nº do Documento
    121-126 D Data do Vencimento do Título
    127-139 V Valor do Título
    140-142 A Banco Encarregado da Cobrança
    143-147 N Agência Depositária
    148-149 A Espécie de Título
    150-150 A Identificação
    151-156 D Data da emissão do Título
    157-158 A 1ª instrução
    159-160 A 2ª instrução
    161-173 V Valor a ser cobrado por Dia de Atraso
    174-179 D Data Limite P/Concessão de Desconto
    180-192 V Valor do Desconto
    193-205 V Valor do IOF
    206-218 V Valor Abatimento
    219-220 N Identificação do Tipo de Inscrição do
    221-234 A Nº Inscrição do Pagador
    235-274 A Nome do Pagador
    275-314 A Endereço Completo
    315-326 A 1ª Mensagem
    327-331 A CEP Pagador
    332-334 A Sufixo do CEP
    335-394 A Sacador/Avalista ou 2ª Mensagem
    395-400 N Número sequencial do registro`,
  '2': `
    1-1 N Tipo de registro
    2-81 A Mensagem 1
    82-161 A Mensagem 2
    162-241 A Mensagem 3
    242-321 A Mensagem 4
    322-327 D Data limite para concessão de Desconto 2
    328-340 V Valor do Desconto
    341-346 D Data limite para concessão de Desconto 3
    347-359 V Valor do Desconto
    360-366 A Reserva
    367-369 N Carteira
    370-374 N Código da Agência Beneficiário
    375-381 N Conta Corrente
    382-382 A Dígito C/C
    383-393 N Nosso Número
    394-394 N DAC Nosso Número
    395-400 N Número sequencial do registro`,
  '9': `
    1-1 N Tipo de registro
    2-394 A Brancos
    395-400 N Número sequencial do registro`,
});
