import { Controller, Query } from '@nestjs/common';
import type { z } from 'zod';
import { bankForms } from '#boleto';
import { bankListQuery, type BankView, type Page } from '#contracts/http';
import { Route, toPageOfAll } from '#http';

@Controller()
export class BanksController {
  @Route('GET /v1/banks')
  list(@Query({ schema: bankListQuery }) { limit, cursor }: z.output<typeof bankListQuery>): Page<BankView> {
    return toPageOfAll(bankForms(), {
      limit,
      cursor,
      keyOf: ({ code }) => code,
      viewOf: ({ code, name, fields, nossoNumeroMax }) => ({
        code,
        name,
        fields: [...fields],
        nossoNumeroMax: nossoNumeroMax.toString(),
      }),
    });
  }
}
