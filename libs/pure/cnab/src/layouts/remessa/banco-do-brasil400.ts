import { layout } from '../../layout.ts';

/** Banco do Brasil, CBR641 (remessa) and CBR643 (retorno). */
export const bancoDoBrasil400 = layout({
  '0': `
    1-1 N Tipo de registro
    2-2 N Tipo de Operação
    3-9 A Identificação por Extenso do Tipo de Operação
    10-11 N Identificação do Tipo de Serviço
    12-19 A Identificação por Extenso do Tipo de Serviço
    20-26 A Brancos
    27-30 N Não descrito no manual
    31-31 A Dígito Verificador - D.V. - do Prefixo da Agência
    32-39 N Não descrito no manual
    40-40 A Não descrito no manual
    41-46 N Brancos
    47-76 A Nome do Cedente
    77-94 A 001bancodobrasil
    95-100 D Data da Gravação
    101-107 N Seqüencial da Remessa
    108-129 A Brancos
    130-136 N Não descrito no manual
    137-394 A Brancos
    395-400 N Número sequencial do registro`,
  '5': `
    1-1 N Tipo de registro
    2-3 A Tipo de Serviço
    4-4 N Código de Multa
    5-10 D Data de Inicio da Cobrança da Multa
    11-22 N Valor/Percentual da Multa
    23-394 N Brancos
    395-400 N Número sequencial do registro`,
  '7': `
    1-1 N Tipo de registro
    2-3 N Tipo de Inscrição do Cedente
    4-17 N Número do CPF/CNPJ do Cedente
    18-21 N Prefixo da Agência
    22-22 A Dígito Verificador - D.V. - do Prefixo da Agência
    23-30 N Número da Conta Corrente do Cedente
    31-31 A Não descrito no manual
    32-38 N Número do Convênio de Cobrança do Cedente
    39-63 A Código de Controle da Empresa
    64-80 N Nosso-Número
    81-82 N Número da Prestação
    83-84 N Grupo de Valor
    85-87 A Brancos
    88-88 A Indicativo de Mensagem ou Sacador/Avalista
    89-91 A Prefixo do Título
    92-94 N Variação da Carteira
    95-95 N Conta Caução
    96-101 N Número do Borderô
    102-106 A Tipo de Cobrança
    107-108 N Carteira de Cobrança
    109-110 N Comando
    111-120 A Seu Número/Número do Título Atribuído pelo Cedente
    121-126 D Data de Vencimento
    127-139 V Valor do Título
    140-142 N Número do Banco
    143-146 N Prefixo da Agência Cobradora
    147-147 A Dígito Verificador do Prefixo da Agência Cobradora
    148-149 N Espécie de Titulo
    150-150 A Aceite do Título
    151-156 D Data de Emissão
    157-158 N Instrução Codificada
    159-160 N Instrução Codificada
    161-173 V Juros de Mora por Dia de Atraso
    174-179 N Não descrito no manual
    180-192 V Valor do Desconto
    193-205 N Valor do IOF/Qtde Unidade Variável
    206-218 V Valor do Abatimento
    219-220 N Tipo de Inscrição do Sacado
    221-234 N Número do CNPJ ou CPF do Sacado
    235-271 A Nome do Sacado
    272-274 A Brancos
    275-314 A Endereço do Sacado
    315-326 A Bairro do Sacado
    327-334 N CEP do Endereço do Sacado
    335-349 A Cidade do Sacado
    350-351 A UF da Cidade do Sacado
    352-391 A Observações/Mensagem ou Sacador/Avalista
    392-393 A Número de Dias Para Protesto
    394-394 A Brancos
    395-400 N Número sequencial do registro`,
  '9': `
    1-1 N Tipo de registro
    2-394 A Brancos
    395-400 N Número sequencial do registro`,
});
