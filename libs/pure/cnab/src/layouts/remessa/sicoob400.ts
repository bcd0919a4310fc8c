import { layout } from '../../layout.ts';

/** Sicoob, manual de layout, February 2017. */
export const sicoob400 = layout({
  '0': `
    1-1 N Tipo de registro
    2-2 N Tipo de Operação
    3-9 N Identificação por Extenso do Tipo de Operação
    10-11 N Identificação do Tipo de Serviço
    12-19 N Identificação por Extenso do Tipo de Serviço
    20-26 A Brancos
    27-30 N Prefixo da Cooperativa
    31-31 A Dígito Verificador do Prefixo
    32-39 N Código do Cliente/Beneficiário
    40-40 N Dígito Verificador do Código
    41-46 N Número do convênio líder
    47-76 A Nome do Beneficiário
    77-94 A Identificação do Banco
    95-100 D Data da Gravação da Remessa
    101-107 N Seqüencial da Remessa
    108-394 A Brancos
    395-400 N Número sequencial do registro`,
  '1': `
    1-1 N Tipo de registro
    2-3 N Tipo de Inscrição do Beneficiário
    4-17 N Número do CPF/CNPJ do Beneficiário
    18-21 N Prefixo da Cooperativa
    22-22 N Dígito Verificador do Prefixo
    23-30 N Conta Corrente
    31-31 A Dígito Verificador da Conta
    32-37 N Número do Convênio de Cobrança do Beneficiário
    38-62 A Número de Controle do Participante
    63-74 N Nosso Número
    75-76 N Número da Parcela
    77-78 N Grupo de Valor
    79-81 A Brancos
    82-82 A Indicativo de Mensagem ou Sacador/Avalista
    83-85 A Prefixo do Título
    86-88 N Variação da Carteira
    89-89 N Conta Caução
    90-94 N Número do Contrato Garantia
    95-95 A DV do contrato
    96-101 N Numero do borderô
    102-105 A Brancos
    106-106 N Tipo de Emissão
    107-108 N Carteira/Modalidade
    109-110 N Comando/Movimento
    111-120 A Seu Número/Número atribuído pela Empresa
    121-126 D Data Vencimento
    127-139 V Valor do Titulo
    140-142 N Número Banco
    143-146 N Prefixo da Cooperativa
    147-147 A Dígito Verificador do Prefixo
    148-149 N Espécie do Título
    150-150 A Aceite do Título
    151-156 D Data de Emissão do Título
    157-158 N Primeira instrução codificada
    159-160 N Segunda instrução
    161-166 N Taxa de mora mês Ex
    167-172 N Taxa de multa Ex
    173-173 N Tipo Distribuição 1 – Cooperativa 2 - Cliente
    174-179 D Data primeiro desconto
    180-192 V Valor primeiro desconto
    193-205 N 193-193 – Código da moeda 194-205 – Valor IOF
    206-218 V Valor Abatimento
    219-220 N Tipo de Inscrição do Pagador
    221-234 N Número do CNPJ ou CPF do Pagador
    235-274 A Nome do Pagador
    275-311 A Endereço do Pagador
    312-326 A Bairro do Pagador
    327-334 N CEP do Pagador
    335-349 A Cidade do Pagador
    350-351 A UF do Pagador
    352-391 A Observações/Mensagem ou Sacador/Avalista
    392-393 A Número de Dias Para Protesto
    394-394 A Brancos
    395-400 N Número sequencial do registro`,
  '9': `
    1-1 N Tipo de registro
    2-194 A Brancos
    195-234 A Mensagem responsabilidade Beneficiário
    235-274 A Mensagem responsabilidade Beneficiário
    275-314 A Mensagem responsabilidade Beneficiário
    315-354 A Mensagem responsabilidade Beneficiário
    355-394 A Mensagem responsabilidade Beneficiário
    395-400 N Número sequencial do registro`,
});
