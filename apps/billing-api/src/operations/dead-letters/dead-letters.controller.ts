import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { ProblemError, problemResponse } from '#http';
import { detailsSchema, groupsSchema, listSchema } from './documentation.ts';
import { findHistory, findLetter, findReplays, groupLetters, listLetters } from './letter.queries.ts';
import { detailsView, groupView, summaryView } from './letter-view.ts';
import { letterFilter, letterId } from './selection.ts';

const PAGE_MAX = 500;

const status = z.enum(['open', 'replayed', 'discarded', 'any']).default('open');

const listQuery = z.strictObject({
  ...letterFilter.shape,
  status,
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(50),
  cursor: letterId.optional().meta({ description: 'The `next` of the page before.' }),
});

const groupsQuery = z.strictObject({
  ...letterFilter.shape,
  status,
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(100),
});

/** Messages that will not be tried again by themselves, as a person looks at them. */
@ApiTags('dead letters')
@Controller('v1/dead-letters')
export class DeadLettersController {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  @Get()
  @ApiOperation({ summary: 'Dead letters, newest first, a page at a time' })
  @ApiResponse({ status: 200, description: 'A page; `next` is null on the last one', standardSchema: listSchema })
  async list(@Query({ schema: listQuery }) { limit, cursor, status: wanted, ...filter }: z.output<typeof listQuery>) {
    const letters = await listLetters(this.dataSource.manager, filter, {
      status: wanted === 'any' ? undefined : wanted,
      before: cursor,
      limit: limit + 1,
    });
    const page = letters.slice(0, limit);
    return {
      deadLetters: page.map(summaryView),
      next: letters.length > limit ? (page.at(-1)?.id ?? null) : null,
    };
  }

  @Get('groups')
  @ApiOperation({ summary: 'Dead letters by what they died of, the largest groups first' })
  @ApiResponse({ status: 200, description: 'The groups', standardSchema: groupsSchema })
  async groups(@Query({ schema: groupsQuery }) { limit, status: wanted, ...filter }: z.output<typeof groupsQuery>) {
    const groups = await groupLetters(this.dataSource.manager, filter, {
      status: wanted === 'any' ? undefined : wanted,
      limit,
    });
    return { groups: groups.map(groupView) };
  }

  @Get(':id')
  @ApiOperation({ summary: 'One dead letter, with its error, its attempts and what was done to it' })
  @ApiResponse({ status: 200, description: 'Found', standardSchema: detailsSchema })
  @ApiResponse(problemResponse(404, ['DEAD_LETTER_NOT_FOUND']))
  async find(@Param('id') id: string) {
    const { manager } = this.dataSource;
    const letter = letterId.safeParse(id).success ? await findLetter(manager, id) : undefined;
    if (letter === undefined) {
      throw new ProblemError({
        status: 404,
        code: 'DEAD_LETTER_NOT_FOUND',
        title: 'No such dead letter',
        detail: 'There is no dead letter of this id: GET /v1/dead-letters?status=any lists all that are kept.',
      });
    }
    const [history, replays] = await Promise.all([findHistory(manager, id), findReplays(manager, id)]);
    return detailsView(letter, { history, replays });
  }
}
