/** Injection tokens: where clients reach this app, and upload-api; both without a slash at the end. */
export const PUBLIC_URL = Symbol('public url');
export const UPLOAD_URL = Symbol('upload url');
