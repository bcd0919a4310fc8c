import type { ApiResponseOptions } from '@nestjs/swagger';
import { problemSchema } from './problem.ts';

/** One status and the codes it may come with. */
export function problemResponse(status: number, codes: readonly string[]): ApiResponseOptions {
  return { status, description: codes.join(' · '), standardSchema: problemSchema };
}
