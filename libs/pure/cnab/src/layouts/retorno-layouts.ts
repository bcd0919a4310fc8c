import type { Layout } from '../layout.ts';
import { ailos240 } from './retorno/ailos240.ts';
import { bancoDoBrasil240 } from './retorno/banco-do-brasil240.ts';
import { bancoDoBrasil400 } from './retorno/banco-do-brasil400.ts';
import { banrisul400 } from './retorno/banrisul400.ts';
import { bradesco400 } from './retorno/bradesco400.ts';
import { caixa240 } from './retorno/caixa240.ts';
import { caixa400 } from './retorno/caixa400.ts';
import { daycoval400 } from './retorno/daycoval400.ts';
import { febraban240 } from './retorno/febraban240.ts';
import { inter400 } from './retorno/inter400.ts';
import { itau240 } from './retorno/itau240.ts';
import { itau400 } from './retorno/itau400.ts';
import { safra400 } from './retorno/safra400.ts';
import { santander240 } from './retorno/santander240.ts';
import { santander400 } from './retorno/santander400.ts';
import { sicoob240 } from './retorno/sicoob240.ts';
import { sicoob400 } from './retorno/sicoob400.ts';
import { sicredi240 } from './retorno/sicredi240.ts';
import { sicredi400 } from './retorno/sicredi400.ts';
import { uniprime400 } from './retorno/uniprime400.ts';

/** The layouts of retornos by bank and width; bank 000 is FEBRABAN's own, of banks without one here. */
export const retornoLayouts: ReadonlyMap<string, Layout> = new Map([
  ['000/240', febraban240],
  ['001/240', bancoDoBrasil240],
  ['001/400', bancoDoBrasil400],
  ['033/240', santander240],
  ['033/400', santander400],
  ['041/400', banrisul400],
  ['077/400', inter400],
  ['084/400', uniprime400],
  ['085/240', ailos240],
  ['104/240', caixa240],
  ['104/400', caixa400],
  ['237/400', bradesco400],
  ['341/240', itau240],
  ['341/400', itau400],
  ['422/400', safra400],
  ['707/400', daycoval400],
  ['748/240', sicredi240],
  ['748/400', sicredi400],
  ['756/240', sicoob240],
  ['756/400', sicoob400],
]);
