import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { bankForms } from '#boleto';
import { bank } from '#contracts/http';

@ApiTags('issuers')
@Controller('v1/banks')
export class BanksController {
  @Get()
  @ApiOperation({ summary: 'The banks that boletos can be issued under, with the fields of their accounts' })
  @ApiOkResponse({
    standardSchema: z.object({ items: z.array(bank), nextCursor: z.null() }),
    description: 'All banks.',
  })
  list() {
    const items = bankForms().map((form) => ({ ...form, nossoNumeroMax: form.nossoNumeroMax.toString() }));
    return { items, nextCursor: null };
  }
}
