import type { BankAccount } from '../account.ts';
import { countedIn, withDv, type Wallet } from '../bank.ts';
import { modulo10, padded } from '../check-digits.ts';

/**
 * The campo livre of Inter and Daycoval: agência, carteira, operação, a nosso número of ten digits and its modulo 10.
 */
export function operacaoWallet(account: BankAccount): Wallet {
  const agencia = padded(account.agencia, 4);
  const operacao = padded(account.operacao ?? '', 7);
  const { agenciaDv = '', carteira } = account;
  return {
    agenciaCodigoImpresso: `${withDv(agencia, agenciaDv)}/${operacao}`,
    carteiraImpressa: carteira,
    ...countedIn(10),
    number: (nossoNumero) => {
      const dv = modulo10(agencia + carteira + nossoNumero).toString();
      return {
        campoLivre: agencia + carteira + operacao + nossoNumero + dv,
        impresso: `${agencia}${agenciaDv}/${carteira}/${nossoNumero}-${dv}`,
      };
    },
  };
}
