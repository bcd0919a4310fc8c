/** A scheme, or the name of a web server: mail programs make a link of it, in a letter that bears our name. */
const ADDRESS = /:\/\/|www\./i;

const IN_DOMAIN = /[\p{L}\p{N}.-]/u;
const IN_WORD = /[\p{L}\p{N}]/u;
const TOP_LEVEL = /^\p{L}{2,63}$/u;

/** Short words for the trade or the legal form of a firm. None of them is a top-level domain. */
const TRADES = wordsOf(
  'ADM ASSOC CIA COML CONF CONSTR DIST DISTR EIRELI EIRELLI EMP EMPR ENG EPP EXP IMP IND INDL LAB MAT MEI PARTIC REP REPR ' +
    'REPRES SERV SLU SOC TRANSP',
);
/** The same of people, buildings and institutions. */
const TITLES = wordsOf('COND CONDOM DR DRA ED ESC ESP FUND INST PROF PROFA RES SR SRA STA STO');
/** Legal forms that are top-level domains too: `Souza Cia.Ltda/ME` is a firm, `banco.ltda/pagar` a link. */
const LEGAL_FORMS = wordsOf('LTDA ME SA SS');
const COMMERCE = 'COM';
/** Words that stand behind the slash in the name of a firm. */
const BEHIND_FIRM = wordsOf(
  'LTDA ME SA SS EPP MEI EIRELI SLU CIA FILIAL MATRIZ ' +
    'AC AL AM AP BA CE DF ES GO MA MG MS MT PA PB PE PI PR RJ RN RO RR RS SC SE SP TO',
);

function wordsOf(list: string): ReadonlySet<string> {
  return new Set(list.split(' '));
}

/**
 * True if a text has what mail programs make a link of: a scheme, `www.`, or a domain with a path. Names have points
 * and slashes too: `S.A./SP`, `Silva/ME`, `Cia.Ltda/ME`, `Ind.Com/SP`, `Ed.Solar/Bl.A` are none.
 */
export function hasLink(text: string): boolean {
  if (ADDRESS.test(text)) return true;
  for (let slash = text.indexOf('/'); slash >= 0; slash = text.indexOf('/', slash + 1)) {
    if (isDomain(wordBefore(text, slash), wordBehind(text, slash))) return true;
  }
  return false;
}

function isDomain(labels: readonly string[], behind: string): boolean {
  const last = labels.at(-1) ?? '';
  const before = labels.slice(0, -1);
  if (before.length === 0 || before.at(-1) === '' || !TOP_LEVEL.test(last)) return false;
  if (isShortened(last)) return false;
  const isBehindFirm = BEHIND_FIRM.has(behind);
  if (LEGAL_FORMS.has(last)) return !isBehindFirm;
  if (last === COMMERCE) return !(isBehindFirm && before.every((label) => TRADES.has(label)));
  // Any two letters may be a country: com.br/x.
  return last.length === 2 || !before.every((label) => isShortened(label) || label === COMMERCE);
}

function isShortened(label: string): boolean {
  return TRADES.has(label) || TITLES.has(label);
}

/** The labels of what ends at `end`, in capitals. */
function wordBefore(text: string, end: number): readonly string[] {
  let start = end;
  while (start > 0 && IN_DOMAIN.test(text.charAt(start - 1))) start -= 1;
  return text.slice(start, end).toUpperCase().split('.');
}

/** The word behind the slash at `slash`, in capitals; empty if a further slash or a domain goes on with it. */
function wordBehind(text: string, slash: number): string {
  let end = slash + 1;
  while (end < text.length && IN_WORD.test(text.charAt(end))) end += 1;
  return '/?#=&_%'.includes(text.charAt(end) || ' ') ? '' : text.slice(slash + 1, end).toUpperCase();
}
