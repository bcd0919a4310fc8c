import { motiveTable } from './motive-table.ts';

/** The motives of bank 085, 240 columns, as its manual names them. */
export const ailos240Motives = motiveTable({
  refusal: `
    01 Código do Banco Inválido
    02 Código do Registro Detalhe Inválido
    03 Código do Segmento Inválido
    04 Código de Movimento Não Permitido para Carteira
    05 Código de Movimento Inválido
    06 Tipo/Número de Inscrição do Cedente Inválidos
    07 Agência/Conta/DV Inválido
    08 Nosso Número Inválido
    09 Nosso Número Duplicado
    10 Carteira Inválida
    11 Forma de Cadastramento do Título Inválido
    12 Tipo de Documento Inválido
    13 Identificação da Emissão do Boleto Inválida
    14 Identificação da Distribuição do Boleto Inválida
    15 Características da Cobrança Incompatíveis
    16 Data de Vencimento Inválida
    17 Data de Vencimento Anterior à Data de Emissão
    18 Vencimento Fora do Prazo de Operação
    19 Título a Cargo de Bancos Correspondentes com Vencimento Inferior a XX…
    20 Valor do Título Inválido
    21 Espécie do Título Inválida
    22 Espécie do Título Não Permitida para a Carteira
    23 Aceite Inválido
    24 Data da Emissão Inválida
    25 Data da Emissão Posterior a Data de Entrada
    26 Código de Juros de Mora Inválido
    27 Vlr/Taxa de Juros de Mora Inválido
    28 Código do Desconto Inválido
    29 Valor do Desconto Maior ou Igual ao Valor do Título
    30 Desconto a Conceder Não Confere
    31 Concessão de Desconto - Já Existe Desconto Anterior
    33 Valor do Abatimento Inválido
    34 Valor do Abatimento Maior ou Igual ao Valor do Título
    35 Valor a Conceder Não Confere
    36 Concessão de Abatimento - Já Existe Abatimento Anterior
    37 Código para Protesto Inválido
    38 Prazo para Protesto Inválido
    39 Pedido de Protesto Não Permitido para o Título
    40 Título com Ordem de Protesto Emitida
    41 Pedido de Cancelamento/Sustação para Títulos sem Instrução de Protesto
    42 Código para Baixa/Devolução Inválido
    43 Prazo para Baixa/Devolução Inválido
    44 Código da Moeda Inválido
    45 Nome do Sacado Não Informado
    46 Tipo/Número de Inscrição do Sacado Inválidos
    47 Endereço do Sacado Não Informado
    48 CEP Inválido
    49 CEP Sem Praça de Cobrança (Não Localizado)
    50 CEP Referente a um Banco Correspondente
    51 CEP incompatível com a Unidade da Federação
    52 Unidade da Federação Inválida
    53 Tipo/Número de Inscrição do Sacador/Avalista Inválidos
    54 Sacador/Avalista Não Informado
    55 Nosso número no Banco Correspondente Não Informado
    56 Código do Banco Correspondente Não Informado
    57 Código da Multa Inválido
    58 Data da Multa Inválida
    59 Valor/Percentual da Multa Inválido
    60 Movimento para Título Não Cadastrado
    61 Alteração da Agência Cobradora/DV Inválida
    62 Tipo de Impressão Inválido
    63 Entrada para Título já cadastrado
    64 Número da Linha Inválido
    65 Código do Banco para Débito Inválido
    66 Agência/Conta/DV para Débito Inválido
    79 Data Juros de Mora Inválido
    80 Data do Desconto Inválida
    86 Seu Número Inválido
    89 E-mail/SMS devolvido - endereço de e-mail ou número do celular incorreto
    91 E-mail/número do celular do sacado não informado
    96 Número do Convenio invalido
    97 Rejeição da alteração do prazo limite de recebimento
    98 Rejeição de dispensa de prazo limite de recebimento
    99 Rejeição da alteração do número do título dado pelo cedente
    A2 Rejeição da alteração dos dados do sacado
    A4 Sacado DDA
    A3 Rejeição da alteração dos dados do sacador/avalista
    A4R1 Sacado DDA / Registro online
    A4P1 Sacado DDA / Envio Cooperativa E/E PJ
    A5 Registro Rejeitado - Título já Liquidado
    A7 Título já se encontra na situação Pretendida
    A8 Título pendente na CIP (Existe uma instrução pendente de processamento…
    A9 Título pendente na CIP (título é DDA e não possui número de…
    BI Beneficiário Divergente
    B3 Tipo de Pagamento Invalido
    B4 Vlr Max/Perc Invalido
    B5 Vlr Min/Perc Invalido
    B6 Parâmetro Pag. Divergente não habilitado no convênio de cobrança
    H3 Dias para prot. Inv. Min/máx (Número de dias de protesto está fora do…
    H4 Prazo prot. Inv. (Prazo para protesto inválido)
    H6 Prot. não habilitado (Cooperado não está habilitado a protestar)
    NP Boleto não protestado devido ao CEP do pagador incorreto
    P1 Enviado Cooperativa Emite e Expede
    PC Boleto PCR (pagador não possui DDA ativo)
    R1 Registro Online
    S1 Cancelamento de Instrução de negativação não processada
    XA Título em processo de registro
    XW Serviço de SMS não contratado`,
});
