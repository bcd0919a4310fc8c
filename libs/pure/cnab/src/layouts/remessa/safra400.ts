import { layout } from '../../layout.ts';

/** Safra, cobrança, 2016. */
export const safra400 = layout({
  '0': `
    1-1 N Tipo de registro
    2-2 N Cód. Arquivo
    3-9 A Ident. Arquivo
    10-11 N Cód. Serviço
    12-19 A Ident. Serviço
    20-26 A Brancos
    27-40 N Cód. Empresa
    41-46 A Brancos
    47-76 A Nome Empresa Nome Da Empresa Beneficiária
    77-79 N Cód. Banco
    80-90 A Nome Banco
    91-94 A Brancos
    95-100 D Data Gravação
    101-391 A Brancos
    392-394 N Núm. Arquivo
    395-400 N Número sequencial do registro`,
  '1': `
    1-1 N Tipo de registro
    2-3 N Cod. Inscrição
    4-17 N Num. Inscrição
    18-31 N Cod. Empresa
    32-37 A Brancos
    38-62 A Uso empresa
    63-71 N Nosso Número
    72-101 A Brancos
    102-102 N Código IOF
    103-104 N Cod. Moeda
    105-105 A Brancos
    106-107 N Instrução 3
    108-108 N Cod. Carteira
    109-110 N Cod. Ocorrência
    111-120 A Seu número
    121-126 D Vencimento
    127-139 V Valor Do Título
    140-142 N Bco. Deposit
    143-147 N Ag. Depositária
    148-149 N Espécie
    150-150 A Cod. Aceite
    151-156 N Emissão
    157-158 N Instrução 1
    159-160 N Instrução 2
    161-173 V Juros 1 Dia
    174-179 N Desconto até
    180-192 V Vr. Desconto
    193-205 V Valor IOF
    206-218 V Abatimento
    219-220 N Cod. Inscrição
    221-234 N Núm. Inscrição
    235-274 A Nome Do Pagador Nome Do Pagador
    275-314 A End. Pagador
    315-324 A Bairro Pagador
    325-326 A Brancos
    327-334 N CEP Pagador
    335-349 A Cidade Pagador
    350-351 A Estado Pagador
    352-381 A Nome Avalista
    382-388 A Brancos
    389-391 N Banco Emitente
    392-394 N Num. Arquivo
    395-400 N Número sequencial do registro`,
  '2': `
    1-1 N Tipo de registro
    2-51 A E-mail
    52-151 A Brancos
    152-191 A Nome do Beneficiário do título
    192-192 N *Tipo de pessoa
    193-206 N *CPF/CNPJ
    207-246 A *Endereço
    247-261 A *Bairro
    262-281 A *Cidade
    282-289 N *CEP
    290-291 A UF do Beneficiário
    292-391 A Brancos
    392-394 N Num. Arquivo
    395-400 N Número sequencial do registro`,
  '4': `
    1-1 N Tipo de registro
    2-45 A *Código NFe
    46-391 A Brancos
    392-394 N *Num. Arquivo
    395-400 N Número sequencial do registro`,
  '9': `
    1-1 N Tipo de registro
    2-368 A Brancos
    369-376 N Quantidade
    377-391 V Valor Total
    392-394 N Núm. Arquivo
    395-400 N Número sequencial do registro`,
});
