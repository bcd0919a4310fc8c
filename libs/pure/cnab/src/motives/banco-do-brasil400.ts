import { motiveTable } from './motive-table.ts';

/** The motives of bank 001, 400 columns, as its manual names them. */
export const bancoDoBrasil400Motives = motiveTable({
  refusal: `
    01 Identificação inválida
    02 Variação da carteira inválida
    03 Valor dos juros por um dia inválido
    04 Valor do desconto inválido
    05 Espécie de título inválida para carteira/variação
    06 Espécie de valor invariável inválido
    07 Prefixo da agência usuária inválido
    08 Valor do título/apólice inválido
    09 Data de vencimento inválida
    10 Fora do prazo/só admissível na carteira
    11 Inexistência de margem para desconto
    12 O banco não tem agência na praça do sacado
    13 Razões cadastrais
    14 Sacado interligado com o sacador (só admissível em cobrança simples-…
    15 Titulo sacado contra órgão do Poder Público (só admissível na carteira…
    16 Titulo preenchido de forma irregular
    17 Titulo rasurado
    18 Endereço do sacado não localizado ou incompleto
    19 Código do cedente inválido
    20 Nome/endereço do cliente não informado (ECT)
    21 Carteira inválida
    22 Quantidade de valor variável inválida
    23 Faixa nosso-numero excedida
    24 Valor do abatimento inválido
    25 Novo número do título dado pelo cedente inválido (Seu número)
    26 Valor do IOF de seguro inválido
    27 Nome do sacado/cedente inválido
    28 Data do novo vencimento inválida
    29 Endereço não informado
    30 Registro de título já liquidado (carteira 17-tipo 4)
    31 Numero do borderô inválido
    32 Nome da pessoa autorizada inválido
    33 Nosso número já existente
    34 Numero da prestação do contrato inválido
    35 Percentual de desconto inválido
    36 Dias para fichamento de protesto inválido
    37 Data de emissão do título inválida
    38 Data do vencimento anterior à data da emissão do título
    39 Comando de alteração indevido para a carteira
    40 Tipo de moeda inválido
    41 Abatimento não permitido
    42 CEP/UF inválido/não compatíveis (ECT)
    43 Código de unidade variável incompatível com a data de emissão do título
    44 Dados para debito ao sacado inválidos
    45 Carteira/variação encerrada
    46 Convenio encerrado
    47 Titulo tem valor diverso do informado
    48 Motivo de baixa invalido para a carteira
    49 Abatimento a cancelar não consta do título
    50 Comando incompatível com a carteira
    51 Código do convenente invalido
    52 Abatimento igual ou maior que o valor do titulo
    53 Titulo já se encontra na situação pretendida
    54 Titulo fora do prazo admitido para a conta 1
    55 Novo vencimento fora dos limites da carteira
    56 Titulo não pertence ao convenente
    57 Variação incompatível com a carteira
    58 Impossível a variação única para a carteira indicada
    59 Titulo vencido em transferência para a carteira 51
    60 Titulo com prazo superior a 179 dias em variação única para carteira 51
    61 Titulo já foi fichado para protesto
    62 Alteração da situação de debito inválida para o código de…
    63 DV do nosso número inválido
    64 Titulo não passível de débito/baixa – situação anormal
    65 Titulo com ordem de não protestar – não pode ser encaminhado a cartório
    66 Número do documento do sacado (CNPJ/CPF) inválido
    67 Titulo/carne rejeitado
    68 Código/Data/Percentual de multa inválido
    69 Valor/Percentual de Juros Inválido
    70 Título já se encontra isento de juros
    71 Código de Juros Inválido
    72 Prefixo da Ag. cobradora inválido
    73 Numero do controle do participante inválido
    74 Cliente não cadastrado no CIOPE (Desconto/Vendor)
    75 Qtde. de dias do prazo limite p/ recebimento de título vencido inválido
    76 Titulo excluído automaticamente por decurso de prazo CIOPE…
    77 Titulo vencido transferido para a conta 1 – Carteira vinculada
    80 Nosso numero inválido
    81 Data para concessão do desconto inválida. Gerada nos seguintes casos:…
    82 CEP do sacado inválido
    83 Carteira/variação não localizada no cedente
    84 Titulo não localizado na existência
    99 Outros motivos`,
});
