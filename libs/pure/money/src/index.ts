export { centavos, type Centavos } from './centavos.ts';
export { formatDecimal, formatReais, parseReais } from './text.ts';
