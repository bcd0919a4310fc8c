import { Controller } from '@nestjs/common';
import { bankForms } from '#boleto';
import type { BankView, Page } from '#contracts/http';
import { Route } from '#http';

@Controller()
export class BanksController {
  @Route('GET /v1/banks')
  list(): Page<BankView> {
    const items = bankForms().map(({ code, name, fields, nossoNumeroMax }) => ({
      code,
      name,
      fields: [...fields],
      nossoNumeroMax: nossoNumeroMax.toString(),
    }));
    return { items, nextCursor: null };
  }
}
