import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Inject, Req, Res } from '@nestjs/common';
import { Actor, Caller, checkUploadQuotas, Tenancy, type Principal } from '#access';
import type { AuditActor } from '#audit';
import type { NewBatch } from '#batches';
import { batchLinks } from '#contracts/http';
import { AmbiguousCommitError } from '#database';
import { detectDialect, type ColumnMapping, type DialectOverrides, type FileProblemCode } from '#debts-csv';
import { BackPressure, fieldsInvalid, Route } from '#http';
import { addLogContext, type Logger } from '#observability';
import { LOGGER, STORAGE } from '#process';
import type { Storage } from '#storage';
import { SETTINGS, type UploadSettings } from '../config.ts';
import { StorageSpace } from '../limits/storage-space.ts';
import { UploadSlots } from '../limits/upload-slots.ts';
import { acceptUpload, type Accepted } from './accept-upload.ts';
import { findReader } from './issuer.queries.ts';
import { receiveUpload, type ReceivedUpload } from './receive-upload.ts';
import { parseUploadFields, readingOf, withMappingOf } from './upload-fields.ts';
import { fileProblem, uploadProblem } from './upload-problems.ts';

/** The problems that no field still to come can mend. */
const CONTENT_PROBLEMS: ReadonlySet<FileProblemCode> = new Set(['FILE_EMPTY', 'FILE_BINARY', 'HEADER_TOO_WIDE']);

/** The caller of an upload, and how events name it. */
interface Uploader {
  readonly caller: Principal;
  readonly actor: AuditActor;
}

@Controller()
export class BatchesController {
  constructor(
    private readonly tenancy: Tenancy,
    @Inject(STORAGE) private readonly storage: Storage,
    @Inject(SETTINGS) private readonly settings: UploadSettings,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly backPressure: BackPressure,
    private readonly space: StorageSpace,
    private readonly slots: UploadSlots,
  ) {}

  @Route('POST /v1/batches')
  async upload(
    @Caller() caller: Principal,
    @Actor() actor: AuditActor,
    @Req() request: IncomingMessage,
    @Res({ passthrough: true }) response: ServerResponse,
  ) {
    return await this.slots.with(caller, async () => {
      await this.tenancy.sumOfOrganization(caller, (db) => checkUploadQuotas(db, caller));
      return await this.#take({ caller, actor }, request, response);
    });
  }

  async #take(by: Uploader, request: IncomingMessage, response: ServerResponse) {
    const { caller } = by;
    await this.backPressure.check();
    await this.space.check();
    const id = randomUUID();
    // A rule of the bucket can then be about one organization.
    const storageKey = `o/${caller.organizationId}/uploads/${id}.csv`;
    const received = await receiveUpload(request, {
      storage: this.storage,
      key: storageKey,
      bytesMax: this.settings.UPLOAD_BYTES_MAX,
      pace: {
        bytesPerSecond: this.settings.UPLOAD_BYTES_PER_SECOND_MIN,
        windowMs: this.settings.UPLOAD_SPEED_WINDOW_MS,
      },
      beforeFile: async (texts) => {
        const { issuerId } = parseUploadFields(texts);
        if (issuerId !== undefined) await this.#checkIssuer(caller, issuerId);
      },
      checkHead: (head, texts) => {
        const { overrides } = parseUploadFields(texts);
        // Without a mapping the titles are not judged yet: it may come after the file, or be the issuer's.
        refuseUnreadable(head, overrides, overrides.mapping === undefined ? CONTENT_PROBLEMS : undefined);
      },
    });
    const accepted = await this.#keepOrRemove(storageKey, async () =>
      acceptUpload(this.tenancy, by, await this.#newBatch(caller, { id, storageKey }, received)),
    );

    addLogContext({ batchId: accepted.id });
    const links = batchLinks(this.settings.PUBLIC_URL, accepted.id);
    response.statusCode = accepted.isNew ? 202 : 200;
    response.setHeader('Location', links.self);
    return { id: accepted.id, status: accepted.status, links };
  }

  /** With all the fields known, also those that came after the file. */
  async #newBatch(
    caller: Principal,
    place: Pick<NewBatch, 'id' | 'storageKey'>,
    { fields, file }: ReceivedUpload,
  ): Promise<NewBatch> {
    const parsed = parseUploadFields(fields);
    const issuer = await this.#checkIssuer(caller, parsed.issuerId ?? this.settings.DEFAULT_ISSUER_ID);
    const { profile, mode } = parsed;
    const overrides = withMappingOf(parsed.overrides, issuer.mapping);
    refuseUnreadable(file.head, overrides);
    return {
      ...place,
      issuerId: issuer.id,
      fileName: file.name,
      sha256: file.sha256,
      bytes: file.bytes,
      profile,
      mode,
      overrides,
      reading: readingOf({ profile, mode, overrides }),
    };
  }

  async #checkIssuer(
    caller: Principal,
    issuerId: string | undefined,
  ): Promise<{ readonly id: string; readonly mapping: ColumnMapping | undefined }> {
    if (issuerId === undefined) {
      throw fieldsInvalid([
        { field: 'issuerId', code: 'required', message: 'is required: there is no default issuer' },
      ]);
    }
    const issuer = await this.tenancy.readAsTenant(caller, (db) => findReader(db, issuerId));
    if (issuer !== undefined) return { id: issuerId, ...issuer };
    throw uploadProblem(
      'ISSUER_UNKNOWN',
      `there is no issuer ${issuerId}: GET /v1/issuers lists those there are, POST /v1/issuers registers one`,
    );
  }

  /** The stored file stays only if a batch of its own refers to it. */
  async #keepOrRemove(storageKey: string, accept: () => Promise<Accepted>): Promise<Accepted> {
    try {
      const accepted = await accept();
      if (!accepted.isNew) await this.#removeQuietly(storageKey);
      return accepted;
    } catch (error) {
      // It is not known whether the batch exists: a file too many is better than a batch without its file.
      if (!(error instanceof AmbiguousCommitError)) await this.#removeQuietly(storageKey);
      throw error;
    }
  }

  /** The answer is decided; a copy that cannot be removed changes nothing about it. */
  async #removeQuietly(storageKey: string): Promise<void> {
    try {
      await this.storage.remove(storageKey);
    } catch (error) {
      this.logger.warn('cannot remove an upload that is not needed', { event: 'upload.left_over', storageKey, error });
    }
  }
}

/**
 * Only an early no: how the file is read is decided, and stored, by file-splitter. `only` some problems count, if
 * given.
 */
function refuseUnreadable(head: Uint8Array, overrides: DialectOverrides, only?: ReadonlySet<FileProblemCode>): void {
  const detection = detectDialect(head, overrides);
  if (!detection.ok && (only?.has(detection.problem.code) ?? true)) throw fileProblem(detection.problem);
}
