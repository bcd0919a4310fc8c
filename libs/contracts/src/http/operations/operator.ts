import { z } from 'zod';

/** The header of the routes that change something by an operator's decision. */
export const operatorHeaders = z.object({
  'X-Operator': z.string().optional().meta({ description: 'The operator that acts; kept with the action.' }),
});
