import { layout } from '../../layout.ts';

/** Sicoob, manual de layout, February 2017. */
export const sicoob400 = layout({
  '0': `
    1-1 N Tipo de registro
    2-2 N Tipo de Operação
    3-9 N Identificação Tipo de Operação
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
    95-100 D Data da Gravação do Retorno
    101-107 N Seqüencial do Retorno
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
    63-73 N Nosso Número
    74-74 A DV Nosso Número
    75-76 N Número da Parcela
    77-80 N Grupo de Valor
    81-82 N Código de Baixa/Recusa
    83-85 A Prefixo do Título
    86-88 N Variação da Carteira
    89-89 N Conta Caução
    90-94 N Código de responsabilidade
    95-95 A DV do código de responsabilidade
    96-100 N Taxa de desconto
    101-105 N Taxa de IOF
    106-106 A Brancos
    107-108 N Carteira/Modalidade
    109-110 N Comando/Movimento
    111-116 D Data da Entrada/Liquidação
    117-126 A Seu Número/Número atribuído pela Empresa
    127-146 A Brancos
    147-152 D Data Vencimento Título
    153-165 V Valor Titulo
    166-168 N Código do banco recebedor
    169-172 N Prefixo da agência recebedora
    173-173 A DV prefixo recebedora
    174-175 N Espécie do Título
    176-181 D Data do crédito
    182-188 N Valor da Tarifa
    189-201 V Outras despesas
    202-214 V Juros do desconto
    215-227 V IOF do desconto
    228-240 V Valor do abatimento
    241-253 V Desconto concedido (diferença entre valor do título e valor
    254-266 V Valor recebido (valor recebido parcial)
    267-279 V Juros de Mora
    280-292 V Outros recebimentos
    293-305 V Abatimento não aproveitado pelo Pagador
    306-318 V Valor do Lançamento
    319-319 N Indicativo débito/crédito
    320-320 N Indicativo valor
    321-332 V Valor do Ajuste
    333-342 A Brancos
    343-357 N CPF/CNPJ do Pagador
    358-394 A Brancos
    395-400 N Número sequencial do registro`,
  '9': `
    1-1 N Tipo de registro
    2-3 N Identificação do Tipo de Serviço
    4-6 N Número Banco
    7-10 N Código da Cooperativa Remetente
    11-35 A Sigla da Cooperativa Remetente
    36-85 A Endereço da Cooperativa Remetente
    86-115 A Bairro da Cooperativa Remetente
    116-123 A CEP da Cooperativa Remetente
    124-153 A Cidade da Cooperativa Remetente
    154-155 A UF da Cooperativa Remetente
    156-163 D Data do movimento
    164-171 N Quantidade de registros no Detalhe
    172-182 N Último Nosso Número Beneficiário
    183-394 A Brancos
    395-400 N Número sequencial do registro`,
});
