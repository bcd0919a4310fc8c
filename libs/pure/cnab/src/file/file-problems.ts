/** The reasons to refuse a file as a whole. */
export type FileProblemCode = 'FILE_EMPTY' | 'WIDTH_UNKNOWN' | 'NOT_A_RETORNO' | 'OTHER_SERVICE' | 'LAYOUT_UNSUPPORTED';

export interface FileProblem {
  readonly code: FileProblemCode;
  /** The text that decided, as read: a bank, a service, the start of the first line. */
  readonly found: string;
}
