import { layout } from '../../layout.ts';

/** Inter, version 1.1, August 2021. */
export const inter400 = layout({
  '0': `
    1-1 N Tipo de registro
    2-2 A Identificação do arquivo remessa
    3-9 A Literal remessa
    10-11 N Código de serviço
    12-26 A Literal serviço
    27-46 N Código da empresa
    47-76 A Nome da empresa
    77-79 A Não descrito no manual
    80-94 A Nome do banco por extenso
    95-100 D Data da gravação do arquivo
    101-110 A Brancos
    111-117 N Nº sequencial de remessa
    118-394 A Brancos
    395-400 N Número sequencial do registro`,
  '1': `
    1-1 N Tipo de registro
    2-20 A Brancos
    21-37 A Não descrito no manual
    38-62 A Nº controle do participante
    63-65 A Brancos
    66-66 A Campo de multa
    67-79 V Valor da multa
    80-83 A Percentual de multa
    84-89 D Data da multa DDMMAA
    90-100 A Identificação do título no banco
    101-108 A Brancos
    109-110 A Identificação da ocorrência
    111-120 A Nº do documento (Seu número)
    121-126 D Data do vencimento do título
    127-139 V Valor do título
    140-141 N Data limite de pagamento
    142-147 A Brancos
    148-149 A Espécie do título
    150-150 A Identificação
    151-156 D Data da emissão do título
    157-159 A Brancos
    160-160 A Campo de juros/ mora
    161-173 A Cobrado por dia de atraso. Do contrário
    174-177 A A ser cobrado por dia de atraso. Do contrário
    178-183 D Data da mora
    184-184 A Campo de descontos
    185-197 V Valor do desconto 1
    198-201 A Percentual de desconto 1
    202-207 N Diferente de zero. Do contrário, preencher
    208-220 A Não descrito no manual
    221-222 A Não descrito no manual
    223-236 A Nº Inscrição do pagador
    237-276 A Nome do pagador
    277-316 A Endereço completo
    317-321 A 5 primeiros dígitos do CEP do pagador
    322-324 A Sufixo do CEP
    325-394 A ª Mensagem
    395-400 N Número sequencial do registro`,
  '2': `
    1-1 N Tipo de registro
    2-79 A Mensagem 2
    80-157 A Mensagem 3
    158-235 A Mensagem 4
    236-313 A Mensagem 5
    314-319 D Data limite para concessão de desconto 2
    320-332 V Valor do desconto 2
    333-336 A Percentual do desconto 2
    337-346 A Brancos
    347-352 D Data limite para concessão de desconto 3
    353-365 V Valor do desconto 3
    366-369 A Percentual do desconto 3
    370-379 A Brancos
    380-390 N Nosso Número
    391-394 A Brancos
    395-400 N Número sequencial do registro`,
  '9': `
    1-1 N Tipo de registro
    2-7 N Quantidade de boletos
    8-394 A Branco (the manual prints 002 a 394)
    395-400 N Número sequencial do registro`,
});
