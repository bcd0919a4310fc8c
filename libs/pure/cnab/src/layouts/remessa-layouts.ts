import type { Layout } from '../layout.ts';
import { ailos240 } from './remessa/ailos240.ts';
import { bancoDoBrasil240 } from './remessa/banco-do-brasil240.ts';
import { bancoDoBrasil400 } from './remessa/banco-do-brasil400.ts';
import { banrisul400 } from './remessa/banrisul400.ts';
import { bradesco400 } from './remessa/bradesco400.ts';
import { caixa240 } from './remessa/caixa240.ts';
import { daycoval400 } from './remessa/daycoval400.ts';
import { febraban240 } from './remessa/febraban240.ts';
import { inter400 } from './remessa/inter400.ts';
import { itau240 } from './remessa/itau240.ts';
import { itau400 } from './remessa/itau400.ts';
import { safra400 } from './remessa/safra400.ts';
import { santander240 } from './remessa/santander240.ts';
import { santander400 } from './remessa/santander400.ts';
import { sicoob240 } from './remessa/sicoob240.ts';
import { sicoob400 } from './remessa/sicoob400.ts';
import { sicredi240 } from './remessa/sicredi240.ts';
import { sicredi400 } from './remessa/sicredi400.ts';
import { uniprime400 } from './remessa/uniprime400.ts';

/** The layouts of remessas by bank and width; bank 000 is FEBRABAN's own, of banks without one here. */
export const remessaLayouts: ReadonlyMap<string, Layout> = new Map([
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
